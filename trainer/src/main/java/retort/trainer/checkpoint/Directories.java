package retort.trainer.checkpoint;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** What a checkpoint asks of a file system: names and bytes that are on the disk before the next thing happens. */
final class Directories {
    private Directories() {
    }

    /** Returns when the names in {@code directory} are on disk. */
    static void sync(Path directory) throws IOException {
        if (File.separatorChar == '\\')
            return; // Windows opens no directory; NTFS journals its names
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static void writeSynced(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            final ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining())
                channel.write(left);
            channel.force(true);
        }
    }

    /** Empty where {@code directory} is not there. */
    static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** A directory of files, which may be absent. */
    static void delete(Path directory) throws IOException {
        for (final Path file : children(directory))
            Files.deleteIfExists(file);
        Files.deleteIfExists(directory);
    }
}
