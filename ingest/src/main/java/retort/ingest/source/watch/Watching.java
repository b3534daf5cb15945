package retort.ingest.source.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import retort.ingest.source.FileName;
import retort.ingest.source.PassedOver;
import retort.ingest.source.Sample;
import retort.ingest.source.UnboundedSource.Arrived;

/**
 * One reading of a watched folder. Sample n is line n of the journal. A position holds the number of paths that were read and the last of
 * these paths, which tells another journal from this one. Confined to one thread.
 */
final class Watching implements AutoCloseable {
    private static final ObjectMapper JSON = Journal.JSON;
    private static final long SHORTEST_REST = 20;
    private static final long LONGEST_REST = 500;

    private final Path root;
    private final Journal journal;
    private final FolderScan scan;
    private final long restMillis;
    private long next;

    private Watching(Path root, Journal journal, Duration settle, PassedOver passedOver) {
        this.root = root;
        this.journal = journal;
        this.scan = new FolderScan(root, settle, journal, passedOver);
        this.restMillis = Math.clamp(settle.toMillis() / 4, SHORTEST_REST, LONGEST_REST);
    }

    /** @throws IOException if the position does not belong to this journal */
    static Watching open(Path root, Path file, Duration settle, PassedOver passedOver, Optional<String> position)
            throws IOException {
        final Journal journal = Journal.open(file, List.of());
        try {
            final Watching watching = new Watching(root, journal, settle, passedOver);
            if (position.isPresent())
                watching.passOver(position.get(), file);
            return watching;
        } catch (IOException e) {
            journal.close();
            throw e;
        }
    }

    /** Waits for the next file. */
    Arrived next() throws IOException, InterruptedException {
        Optional<String> path = journal.next();
        while (path.isEmpty()) {
            final List<String> arrivals = scan.arrivals();
            if (arrivals.isEmpty())
                Thread.sleep(restMillis);
            else
                journal.append(arrivals);
            path = journal.next();
        }
        final Sample sample = sample(next++, path.get());
        return new Arrived(sample, JSON.writeValueAsString(Map.of("arrivals", next, "last", path.get())));
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }

    private void passOver(String position, Path file) throws IOException {
        final JsonNode read;
        try {
            read = JSON.readTree(position);
        } catch (JsonProcessingException e) {
            throw new IOException("'" + position + "' is no position in a watched folder", e);
        }
        Optional<String> last = Optional.empty();
        for (; next < read.path("arrivals").asLong(-1); next++)
            last = Optional.of(journal.next().orElseThrow(() -> new IOException(file + " holds " + next + " arrivals, but "
                    + read.path("arrivals") + " were read by it: bring that file back, or start a new stream")));
        if (next == 0 || !last.orElse("").equals(read.path("last").asText()))
            throw new IOException(file + " is not the list that the position " + position
                    + " was given by: bring that file back, or start a new stream");
    }

    private Sample sample(long id, String path) {
        final Path file = root.resolve(FileName.path(path));
        final int slash = path.indexOf('/');
        final int label = slash < 0 ? -1 : journal.classNames().indexOf(path.substring(0, slash));
        if (slash >= 0 && label < 0 && !journal.classNames().isEmpty())
            return unreadable(id, path,
                    "folder " + FileName.shown(path.substring(0, slash)) + " came after the classes were written down");
        try {
            if (Files.size(file) > Sample.MAX_ENCODED_BYTES)
                return unreadable(id, path, Files.size(file) + " bytes, more than " + Sample.MAX_ENCODED_BYTES);
            return Sample.encoded(id, FileName.shown(path), label, Files.readAllBytes(file));
        } catch (IOException e) {
            return unreadable(id, path, "it cannot be read: " + e);
        }
    }

    private Sample unreadable(long id, String path, String reason) {
        return new Sample(id, FileName.shown(path), -1, new Sample.Unreadable(FileName.shown(root + "/" + path), reason));
    }
}
