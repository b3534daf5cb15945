package retort.trainer.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** File operations that have reached the disk when they return. Blocking; any thread. */
final class Directories {
    private Directories() {
    }

    /** Writes a new file and flushes it to the disk. */
    static void writeSynced(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            final ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining())
                channel.write(left);
            channel.force(true);
        }
    }

    /** The entries of {@code directory}; empty if it does not exist. */
    static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Deletes a directory that holds only files; it may be absent. */
    static void delete(Path directory) throws IOException {
        for (final Path file : children(directory))
            Files.deleteIfExists(file);
        Files.deleteIfExists(directory);
    }
}
