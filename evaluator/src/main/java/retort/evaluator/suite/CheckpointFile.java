package retort.evaluator.suite;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import retort.digest.FileDigest;
import retort.digest.Sha256;
import retort.record.CheckpointReady;

/** Finds the weights file of an announced checkpoint. */
final class CheckpointFile {
    private CheckpointFile() {
    }

    /**
     * Reads the whole file and compares its length and SHA-256 with the announced ones. Blocks.
     *
     * @throws CheckpointRefusedException if the file is missing, cannot be read or differs
     */
    static Path verified(CheckpointReady checkpoint) {
        final Path file = path(checkpoint.getUri());
        if (!Files.exists(file))
            throw new CheckpointRefusedException("there is no file " + file);
        try {
            final FileDigest found = Sha256.of(file);
            if (found.bytes() != checkpoint.getBytes() || !found.sha256().equals(checkpoint.getSha256()))
                throw new CheckpointRefusedException(file + " has " + found.bytes() + " bytes and SHA-256 " + found.sha256()
                        + ", announced were " + checkpoint.getBytes() + " bytes and " + checkpoint.getSha256());
            return file;
        } catch (IOException e) {
            throw new CheckpointRefusedException(file + " cannot be read: " + e.getMessage());
        }
    }

    private static Path path(String uri) {
        try {
            return Path.of(URI.create(uri));
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            throw new CheckpointRefusedException("its URI " + uri + " names no file: " + e.getMessage());
        }
    }
}
