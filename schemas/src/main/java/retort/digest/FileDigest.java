package retort.digest;

/**
 * Length and SHA-256 of a file. Two files with an equal digest have the same content.
 *
 * @param bytes length of the file in bytes
 * @param sha256 SHA-256 of all its bytes, in lower-case hex
 */
public record FileDigest(long bytes, String sha256) {
}
