package retort.trainer.ledger;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** The form of a line of the ledger: a text, a space, and the CRC-32C of the text's UTF-8 bytes as 8 hex digits. */
final class LedgerLines {
    private static final int CRC_DIGITS = 8;

    private LedgerLines() {
    }

    /** The line with its end of line. */
    static String line(String text) {
        return text + " " + crc(text) + "\n";
    }

    /**
     * The text of a line.
     *
     * @param line without its end of line
     * @throws IllegalArgumentException if the checksum does not fit
     */
    static String text(String line) {
        final int end = line.length() - CRC_DIGITS - 1;
        if (end < 0 || line.charAt(end) != ' ' || !line.substring(end + 1).equals(crc(line.substring(0, end))))
            throw new IllegalArgumentException("its checksum does not fit");
        return line.substring(0, end);
    }

    private static String crc(String text) {
        final CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", (int) crc.getValue());
    }
}
