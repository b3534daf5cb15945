package retort.ingest.source.tar;

/**
 * One file of an archive, and its place.
 *
 * @param name its path in the archive, as written there: never used as a path on this machine
 * @param header where its first header begins, in bytes from where the archive begins; a reader opened there finds it again
 * @param content where its bytes begin
 * @param size its bytes
 */
public record TarMember(String name, long header, long content, long size) {
    /** The name without its folders. */
    public String baseName() {
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
