package retort.place;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Writes the objects of a bucket, at paths of {@link Places}. An object appears as a whole, and is never appended to or renamed;
 * {@link Files#delete} deletes one. What may succeed later is tried again. Stateless; any thread; all calls block.
 */
public final class BucketFiles {
    static final String WRITTEN = "written";

    private BucketFiles() {
    }

    /** @throws ReadOnlyFileSystemException if {@code path} is in a place that is only read, such as a web server */
    static Writes writes(StorePath path) {
        return path.getFileSystem().store().writes().orElseThrow(ReadOnlyFileSystemException::new);
    }

    /**
     * Creates an object, unless there is one. Of several writers that do so at one time, one succeeds; on a server that knows no
     * conditional writes ({@code If-None-Match}) several may.
     *
     * @return true if there is an object of this content now
     * @throws PlaceException if it cannot be written
     */
    public static boolean create(Path file, byte[] content) throws IOException {
        final StorePath path = StorePath.of(file);
        final Writes writes = writes(path);
        return path.getFileSystem().attempts().run(path.toString(), WRITTEN,
                // The answer to an attempt before may have been lost, so the object may be this one.
                () -> writes.put(path.key(), content, content.length, true) || holds(path, content));
    }

    private static boolean holds(Path path, byte[] content) throws IOException {
        try {
            return Files.size(path) == content.length && Arrays.equals(Files.readAllBytes(path), content);
        } catch (NoSuchFileException e) { // it was deleted meanwhile
            return false;
        }
    }

    /**
     * Begins an object of a known length, which replaces one that is there. Memory holds one part of it at a time, 16 MiB as a rule.
     *
     * @return the caller writes {@code bytes} bytes, finishes it, and closes it
     */
    public static ObjectUpload upload(Path file, long bytes) {
        final StorePath path = StorePath.of(file);
        return new ObjectUpload(path, writes(path), bytes);
    }

    /** All objects below {@code folder}, at any depth, in the order of their keys. Their attributes are known. */
    public static List<Path> all(Path folder) throws IOException {
        final StorePath path = StorePath.of(folder);
        final Writes writes = writes(path);
        final List<Path> all = new ArrayList<>();
        Optional<String> token = Optional.empty();
        do {
            final Optional<String> next = token;
            final Store.Page page = path.getFileSystem().attempts().run(path.toString(), "listed",
                    () -> writes.walk(path.key(), next));
            page.entries().forEach(entry -> all.add(path.child(entry.name(), entry.attributes())));
            token = page.next();
        } while (token.isPresent());
        return all;
    }

    /**
     * Drops the parts of all objects below {@code folder} that are being sent.
     *
     * @return number of such objects
     * @throws PlaceException if the credentials do not allow it
     */
    public static int dropUploads(Path folder) throws IOException {
        final StorePath path = StorePath.of(folder);
        final Writes writes = writes(path);
        final Attempts attempts = path.getFileSystem().attempts();
        final List<Writes.Upload> left = attempts.run(path.toString(), "listed", () -> writes.uploads(path.key()));
        for (final Writes.Upload upload : left)
            attempts.run(path.toString(), WRITTEN, () -> {
                try {
                    writes.abort(upload.key(), upload.id());
                } catch (NoSuchFileException e) { // its writer has ended it meanwhile
                    return false;
                }
                return true;
            });
        return left.size();
    }
}
