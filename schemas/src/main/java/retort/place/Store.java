package retort.place;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;

/** One holder of objects under keys, such as a bucket or a web server. Each method is one attempt. Any thread. */
interface Store {
    /** The text before the keys, such as {@code s3://bucket/}. */
    String root();

    /** False if nothing can be listed, as on a web server. */
    boolean hasFolders();

    /** The key as messages show it, without secrets. */
    default String shown(String key) {
        return root() + key;
    }

    /**
     * Requests the bytes {@code from} to {@code to} of an object, of which at least one is asked for.
     *
     * @param to one past the last byte; a larger number than the object's size stands for its end
     * @param version the version that the object must have; empty takes any
     * @throws java.nio.file.NoSuchFileException if there is no such object
     * @throws BusyException if a later attempt may succeed
     * @throws PlaceException if the object cannot be read, or has another version
     */
    Body get(String key, long from, long to, Optional<String> version) throws IOException;

    /**
     * Lists the objects and folders in {@code folder}, a key without a slash at its end, in the order of their keys.
     *
     * @param token empty for the first page
     * @throws PlaceException if it cannot be listed
     */
    Page list(String folder, Optional<String> token) throws IOException;

    /** Writes and deletes objects; empty for a place that is only read. */
    default Optional<Writes> writes() {
        return Optional.empty();
    }

    /**
     * The answer to a request for bytes.
     *
     * @param bytes the bytes from {@code from} on; the receiver closes them
     * @param from the first byte that comes, which is 0 from a server that knows no ranges
     * @param to one past the last byte that comes
     * @param total bytes of the whole object
     * @param version changes with the content; empty if the server names none
     * @param ranged false if the whole object comes, because the server knows no ranges
     */
    record Body(InputStream bytes, long from, long to, long total, String version, FileTime modified, boolean ranged) {
    }

    /**
     * An object or a folder of a listing.
     *
     * @param name below the folder that was listed
     */
    record Entry(String name, StoreAttributes attributes) {
    }

    /** @param next asks for the next page; empty after the last one */
    record Page(List<Entry> entries, Optional<String> next) {
    }
}
