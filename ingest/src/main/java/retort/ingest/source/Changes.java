package retort.ingest.source;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Looks for files of a large set that were written after a stream of it began: those of which {@link Contents} reads no sample. Times tell
 * less than bytes: a copy may have new ones, so a set of which most files are newer says nothing, and the others are worth a
 * warning and no more. Stateless; any thread.
 */
public final class Changes {
    private static final int MOST_NAMED = 3;

    private Changes() {
    }

    /**
     * Asks for the time of each file, if there are so many that not all contents are sampled. Blocks.
     *
     * @param count number of files
     * @param file the file of a number from 0 to {@code count - 1}
     * @return a sentence that names some of them; empty if none or most of them are newer, or if the files do not lie on a disk
     */
    public static Optional<String> since(Instant time, int count, IntFunction<Path> file) {
        if (count <= Contents.MOST_FILES || !file.apply(0).getFileSystem().equals(FileSystems.getDefault()))
            return Optional.empty();
        int newer = 0;
        final List<String> named = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final Path each = file.apply(i);
            if (isNewer(each, time)) {
                newer++;
                if (named.size() < MOST_NAMED)
                    named.add(FileName.shown(each.toString()));
            }
        }
        if (newer == 0 || newer > count / 2)
            return Optional.empty();
        return Optional.of(newer + " of " + count + " files were written after the stream began (" + time + "), such as "
                + String.join(", ", named) + ": if one was replaced by another of the same size, the batches before this one hold"
                + " its old image; publish the new data under another stream name, or put the old file back");
    }

    private static boolean isNewer(Path file, Instant time) {
        try {
            return Files.getLastModifiedTime(file).toInstant().isAfter(time);
        } catch (IOException unreadable) { // its sample is rejected when it is read
            return false;
        }
    }
}
