package retort.evaluator.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import retort.digest.FileDigest;
import retort.place.Places;
import retort.record.CheckpointReady;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;
import retort.trainer.weights.WeightsException;

/** Finds the weights file of an announced checkpoint, on a disk or in a bucket. */
final class CheckpointFile {
    private static final String BUCKET = "s3:";

    private CheckpointFile() {
    }

    /**
     * Reads the whole file and compares its length and SHA-256 with the announced ones. Blocks.
     *
     * @return its tensors, as views of the mapped file or of a mapped copy of the object
     * @throws CheckpointRefusedException if the file is missing, cannot be read or differs
     * @throws retort.place.PlaceException if the bucket does not answer, or denies access
     */
    static Map<String, HostTensor> verified(Places places, CheckpointReady checkpoint) {
        final Path file = path(places, checkpoint.getUri());
        try {
            final long bytes = Files.size(file); // first, because an object of any size would be copied
            if (bytes != checkpoint.getBytes())
                throw new CheckpointRefusedException(file + " has " + bytes + " bytes, announced were " + checkpoint.getBytes());
            return SafeTensors.read(file, new FileDigest(checkpoint.getBytes(), checkpoint.getSha256()));
        } catch (NoSuchFileException e) {
            throw new CheckpointRefusedException("there is no file " + file);
        } catch (WeightsException e) {
            throw new CheckpointRefusedException(String.valueOf(e.getMessage()), e);
        } catch (IOException | UncheckedIOException e) {
            throw new CheckpointRefusedException(file + " cannot be read: " + e.getMessage());
        }
    }

    /** The path of an announced file. An announcement may name no web server, because a checkpoint is never there. */
    static Path path(Places places, String uri) {
        try {
            return uri.startsWith(BUCKET) ? places.path(uri) : Path.of(URI.create(uri));
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            throw new CheckpointRefusedException("its URI " + Places.shown(uri) + " names no file: " + e.getMessage());
        }
    }
}
