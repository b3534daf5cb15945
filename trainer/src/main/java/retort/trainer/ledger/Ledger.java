package retort.trainer.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import retort.place.Places;

/**
 * A ledger as it was read.
 *
 * @param header empty if the first line is missing or damaged
 * @param entries the steps whose lines are whole, in the order of the file
 * @param skips what these steps have passed over, in the order of the file
 * @param damaged numbers of the damaged lines, from 1
 */
public record Ledger(Optional<LedgerHeader> header, List<LedgerEntry> entries, List<LedgerSkip> skips,
        List<Integer> damaged) {
    public Ledger {
        entries = List.copyOf(entries);
        skips = List.copyOf(skips);
        damaged = List.copyOf(damaged);
    }

    /**
     * Reads the ledger in the folder of a run; empty if there is none. Blocks; any thread.
     *
     * @param folder the folder of the run's checkpoints
     * @throws UncheckedIOException if it cannot be read
     */
    public static Optional<Ledger> read(Path folder) {
        try {
            return (Places.isPlace(folder) ? LedgerObjects.read(folder) : LedgerOnDisk.read(folder)).map(Ledger::parse);
        } catch (IOException e) {
            throw new UncheckedIOException("ledger " + place(folder) + " cannot be read: " + e, e);
        }
    }

    /** The file, or the folder of the objects. */
    static Path place(Path folder) {
        return Places.isPlace(folder) ? LedgerObjects.folder(folder) : LedgerOnDisk.file(folder);
    }

    private static Ledger parse(byte[] bytes) {
        final String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        Optional<LedgerHeader> header = Optional.empty();
        final List<LedgerEntry> entries = new ArrayList<>();
        final List<LedgerSkip> skips = new ArrayList<>();
        final List<Integer> damaged = new ArrayList<>();
        for (int i = 0; i < lines.length; i++) {
            if (i == lines.length - 1 && lines[i].isEmpty())
                break; // the empty text after the last end of line
            try {
                final String text = LedgerLines.text(lines[i]);
                if (i == 0)
                    header = Optional.of(LedgerHeader.parse(text));
                else if (i == lines.length - 1)
                    damaged.add(i + 1); // without an end of line, the next line would be appended to it
                else if (LedgerSkip.is(text))
                    skips.add(LedgerSkip.parse(text));
                else
                    entries.add(LedgerEntry.parse(text));
            } catch (IllegalArgumentException e) {
                damaged.add(i + 1);
            }
        }
        return new Ledger(header, entries, skips, damaged);
    }
}
