package retort.ingest.source.tar;

/**
 * One file of an archive, and its place.
 *
 * @param name path in the archive, as written there; never used as a path on this machine
 * @param header position of its first header, in bytes from the beginning of the archive; a reader opened there finds it again
 * @param content position of its content, in bytes from the beginning of the archive
 * @param size bytes of its content
 */
public record TarMember(String name, long header, long content, long size) {
    /** The name without its folders. */
    public String baseName() {
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
