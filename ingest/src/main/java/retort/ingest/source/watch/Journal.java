package retort.ingest.source.watch;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The order in which files arrived. The first line holds the classes, and each further line holds one path as a JSON string. A line is
 * written and forced before its file is handed out, so that the n-th sample is the same file after any restart. One process holds the
 * journal, by a lock. Confined to one thread.
 */
final class Journal implements AutoCloseable {
    /** Escapes what is not ASCII, so that names which are not UTF-8 (see {@link retort.ingest.source.FileName}) are kept. */
    static final ObjectMapper JSON = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    /** The name of a journal in the folder that it belongs to. */
    static final String NAME = ".retort-arrivals";
    private static final int MOST_LINE_BYTES = 1 << 26;
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(3);
    private static final Duration LOCK_INTERVAL = Duration.ofMillis(20);

    private final FileChannel channel;
    private final List<String> classNames;
    private final PathSet seen = new PathSet();
    private long end;
    private long read;

    private Journal(FileChannel channel) throws IOException {
        this.channel = channel;
        final InputStream in = lines(channel);
        final byte[] head = line(in).orElseThrow();
        classNames = classes(head);
        end = head.length + 1L;
        read = end;
        for (Optional<byte[]> line = line(in); line.isPresent(); line = line(in)) {
            seen.add(path(line.get()));
            end += line.get().length + 1;
        }
        channel.truncate(end); // a line that a kill cut short was never handed out
    }

    /**
     * @param classesNow class names that a new journal records; class indices never change after that
     * @throws IOException if another process holds the journal, or it is damaged
     */
    static Journal open(Path file, List<String> classesNow) throws IOException {
        final FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            lock(channel);
            if (line(lines(channel)).isEmpty()) { // also when a kill came before its first line was whole
                channel.truncate(0);
                write(channel, JSON.writeValueAsString(Map.of("classes", classesNow)) + "\n", 0);
            }
            return new Journal(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Waits for the lock, because a reader that was cancelled a moment ago releases it on its own thread. */
    private static void lock(FileChannel channel) throws IOException {
        for (final long deadline = System.nanoTime() + LOCK_PATIENCE.toNanos(); !tryLock(channel);) {
            if (System.nanoTime() > deadline)
                throw new IOException("another stream or process reads by it");
            try {
                Thread.sleep(LOCK_INTERVAL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while another stream reads by it", e);
            }
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }

    /** The stream is never closed, because closing it would close the channel and give up the lock. */
    private static InputStream lines(FileChannel channel) throws IOException {
        return new BufferedInputStream(Channels.newInputStream(channel.position(0)), 1 << 16);
    }

    List<String> classNames() {
        return classNames;
    }

    boolean holds(String path) {
        return seen.contains(path);
    }

    /** Adds files in the order they arrived. */
    void append(List<String> paths) throws IOException {
        final StringBuilder lines = new StringBuilder();
        for (final String path : paths) {
            lines.append(JSON.writeValueAsString(path)).append('\n');
            seen.add(path);
        }
        end += write(channel, lines.toString(), end);
    }

    /** The next arrival, from the first on, or empty when all were given. */
    Optional<String> next() throws IOException {
        if (read == end)
            return Optional.empty();
        final ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(end - read, 1 << 16));
        channel.read(bytes, read);
        int length = 0;
        while (length < bytes.position() && bytes.get(length) != '\n')
            length++;
        if (length == bytes.position())
            throw new IOException("it is damaged at byte " + read);
        read += length + 1L;
        return Optional.of(path(Arrays.copyOf(bytes.array(), length)));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** A whole line without its end; empty at the file's end, also for a line that has none. */
    private static Optional<byte[]> line(InputStream in) throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n')
                return Optional.of(line.toByteArray());
            if (line.size() == MOST_LINE_BYTES)
                throw new IOException("it is no list of arrivals");
            line.write(next);
        }
        return Optional.empty();
    }

    private static List<String> classes(byte[] head) throws IOException {
        try {
            final Map<String, List<String>> fields = JSON.readValue(head, new TypeReference<>() {
            });
            return List.copyOf(fields.getOrDefault("classes", List.of()));
        } catch (JacksonException e) {
            throw new IOException("its first line is not {\"classes\":[...]}", e);
        }
    }

    private static String path(byte[] line) throws IOException {
        try {
            return JSON.readValue(line, String.class);
        } catch (JacksonException e) {
            throw new IOException("it is damaged: a line is no JSON string", e);
        }
    }

    private static int write(FileChannel channel, String text, long position) throws IOException {
        final ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        final int length = bytes.remaining();
        for (long at = position; bytes.hasRemaining();)
            at += channel.write(bytes, at);
        channel.force(false);
        return length;
    }
}
