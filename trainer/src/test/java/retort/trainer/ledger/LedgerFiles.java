package retort.trainer.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Writes ledgers that a trainer never writes. */
public final class LedgerFiles {
    private LedgerFiles() {
    }

    public static void write(Path folder, LedgerHeader header, List<LedgerEntry> entries) throws IOException {
        Files.writeString(LedgerOnDisk.file(folder), LedgerLines.line(header.text())
                + entries.stream().map(entry -> LedgerLines.line(entry.text())).collect(Collectors.joining()));
    }

    public static String read(Path folder) throws IOException {
        return Files.readString(LedgerOnDisk.file(folder));
    }

    public static void write(Path folder, String text) throws IOException {
        Files.writeString(LedgerOnDisk.file(folder), text);
    }

    public static void delete(Path folder) throws IOException {
        Files.delete(LedgerOnDisk.file(folder));
    }
}
