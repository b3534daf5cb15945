package retort.ingest.source.tar;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import retort.ingest.source.FileName;

/**
 * The name and size that a pax header gives the member after it.
 *
 * @param path null if the header does not name the member
 * @param size -1 where the header does not give the size
 * @param sparse true if the member's content leaves out holes, in one of the three formats of GNU tar
 */
record Pax(@Nullable String path, long size, boolean sparse) {
    static final Pax NONE = new Pax(null, -1, false);

    /** @param where the place in messages */
    static Pax parse(byte[] records, String where) throws IOException {
        String path = null;
        long size = -1;
        boolean sparse = false;
        int at = 0;
        while (at < records.length && records[at] != 0) {
            int digits = at;
            int length = 0;
            for (; digits < records.length && digits < at + 8 && Character.isDigit(records[digits]); digits++)
                length = length * 10 + records[digits] - '0';
            final int end = at + length;
            if (digits == at || digits >= records.length || records[digits] != ' ' || end <= digits + 1 || end > records.length)
                throw new IOException(
                        where + ": a pax record of " + length + " bytes where " + (records.length - at) + " are left");
            final String record = FileName.decode(Arrays.copyOfRange(records, digits + 1, end - 1));
            if (record.startsWith("path="))
                path = record.substring(5);
            else if (record.startsWith("size="))
                size = size(record.substring(5), where);
            sparse |= record.startsWith("GNU.sparse.");
            at = end;
        }
        return new Pax(path, size, sparse);
    }

    private static long size(String digits, String where) throws IOException {
        try {
            final long size = Long.parseLong(digits);
            if (size >= 0)
                return size;
        } catch (NumberFormatException e) {
            // reported below
        }
        throw new IOException(where + ": a pax size of " + digits);
    }
}
