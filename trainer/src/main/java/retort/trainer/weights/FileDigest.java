package retort.trainer.weights;

/**
 * What identifies a file's content.
 *
 * @param bytes the file's length
 * @param sha256 of all of it, lower-case hex
 */
public record FileDigest(long bytes, String sha256) {
}
