package retort.trainer.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import retort.place.Places;
import retort.trainer.images.SequenceRanges;

/**
 * Appends to the ledger of a run. After {@link #flush} has returned, an entry survives a loss of power; on a disk it survives a kill of
 * the process after {@link #append} has returned. Blocks; one call at a time. The caller that opens it closes it.
 */
public final class LedgerWriter implements AutoCloseable {
    private final Path folder;
    private final LedgerFile file;
    private Place last;

    private LedgerWriter(Path folder, LedgerFile file, Place last) {
        this.folder = folder;
        this.file = file;
        this.last = last;
    }

    /** As {@link #open(Path, String, LedgerHeader)}, for a folder on a disk. */
    public static LedgerWriter open(Path folder, LedgerHeader here) {
        return open(folder, "", here);
    }

    /**
     * Opens the ledger of a run that goes on from a checkpoint. Entries of later steps are cut off, because these steps come again. A
     * run without a ledger gets a new one, which begins here.
     *
     * @param folder the folder of the run's checkpoints
     * @param owner name of the owner of the run in a bucket, which sorts behind those of older owners; not used on a disk
     * @param here header for a new ledger, with the place where the run stands
     * @throws UncheckedIOException if the file cannot be written
     * @throws retort.place.PlaceException if the bucket cannot be written
     */
    public static LedgerWriter open(Path folder, String owner, LedgerHeader here) {
        try {
            final boolean bucket = Places.isPlace(folder);
            final byte[] before = (bucket ? LedgerObjects.read(folder) : LedgerOnDisk.read(folder)).orElse(new byte[0]);
            final int kept = here.firstStep() == 0 ? 0 : keep(before, here.firstStep());
            final byte[] begin = kept == 0
                    ? LedgerLines.line(here.text()).getBytes(StandardCharsets.UTF_8)
                    : Arrays.copyOf(before, kept);
            return new LedgerWriter(folder,
                    bucket ? LedgerObjects.create(folder, owner, begin) : LedgerOnDisk.create(folder, begin),
                    here.start());
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    /** Bytes up to the end of the last whole line of a step up to {@code step}; 0 without a header. */
    private static int keep(byte[] bytes, long step) {
        int kept = 0;
        int begin = 0;
        for (int i = 0; i < bytes.length; i++)
            if (bytes[i] == '\n') {
                final String line = new String(bytes, begin, i - begin, StandardCharsets.UTF_8);
                if (begin == 0 ? isHeader(line) : isEntryUpTo(line, step))
                    kept = i + 1;
                else if (begin == 0)
                    return 0;
                begin = i + 1;
            }
        return kept;
    }

    private static boolean isHeader(String line) {
        try {
            LedgerHeader.parse(LedgerLines.text(line));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isEntryUpTo(String line, long step) {
        try {
            final String text = LedgerLines.text(line);
            return (LedgerSkip.is(text) ? LedgerSkip.parse(text).step() : LedgerEntry.parse(text).step()) <= step;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Appends one step, with what it has passed over. Its first image is the image after the last image of the step before.
     *
     * @param sampleIds ids of its images, in stream order
     * @param to the place in the stream after its last image
     * @param skip the records that the run passes over
     * @throws UncheckedIOException if the disk is full or cannot be written
     */
    public void append(long step, long[] sampleIds, Place to, SequenceRanges skip) {
        try {
            for (final SequenceRanges.Range range : skip.between(last.sequence(), to.sequence()).ranges())
                write(LedgerLines.line(new LedgerSkip(step, range.first() == last.sequence() ? last : new Place(range.first(), 0),
                        new Place(range.last() + 1, 0)).text()));
            write(LedgerLines.line(
                    new LedgerEntry(step, last, to, sampleIds.length, IdsChecksum.of(sampleIds)).text()));
            last = to;
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    /** Returns when all entries are at their place. */
    public void flush() {
        try {
            file.flush();
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    private void write(String line) throws IOException {
        file.append(line.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    private static UncheckedIOException failed(Path folder, IOException e) {
        return new UncheckedIOException("ledger " + Ledger.place(folder) + " cannot be written: " + e
                + ": make room there, or set trainer.checkpoints to a folder that can be written", e);
    }
}
