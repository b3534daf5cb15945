package retort.place;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Writes the objects of one holder, such as a bucket. Each method is one attempt. Any thread. */
interface Writes {
    /**
     * Puts an object in one request.
     *
     * @param content its first {@code length} bytes are the object
     * @param ifAbsent true to put it only if there is no such object; a server that knows no such condition puts it all the same
     * @return false if there is such an object
     * @throws BusyException if a later attempt may succeed; the object may be there all the same
     * @throws PlaceException if the object cannot be written
     */
    boolean put(String key, byte[] content, int length, boolean ifAbsent) throws IOException;

    /** Deletes an object; it may be absent. */
    void delete(String key) throws IOException;

    /** Begins an object that is sent in parts. Nothing of it is seen before {@link #complete}. Returns its id. */
    String begin(String key) throws IOException;

    /**
     * Sends one part.
     *
     * @param number from 1
     * @return the part's tag
     */
    String part(String key, String upload, int number, byte[] content, int length) throws IOException;

    /**
     * Makes the parts one object.
     *
     * @param tags the tags of all parts
     * @throws java.nio.file.NoSuchFileException if no such upload is under way
     */
    void complete(String key, String upload, List<String> tags) throws IOException;

    /** Drops the parts of an object that is not complete. */
    void abort(String key, String upload) throws IOException;

    /** The uploads under way below {@code folder}. */
    List<Upload> uploads(String folder) throws IOException;

    /** One page of all objects below {@code folder}, at any depth, by their keys below it. */
    Store.Page walk(String folder, Optional<String> token) throws IOException;

    /** An object that is sent in parts. */
    record Upload(String key, String id) {
    }
}
