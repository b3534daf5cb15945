package retort.file;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes a file beside its final place, syncs it to disk, and renames it. A reader of the place sees the old file or the complete new
 * one, even if the writing process is killed at any moment. A process that has the old file mapped keeps the old bytes.
 */
public final class WholeFile {
    private WholeFile() {
    }

    /** Writes the content of one file. */
    @FunctionalInterface
    public interface Content {
        /** @param channel empty and open for writing; {@link WholeFile} syncs and closes it */
        void writeTo(FileChannel channel) throws IOException;
    }

    /** Writes {@code bytes} as {@link #write(Path, Content)} does. */
    public static void write(Path place, byte[] bytes) throws IOException {
        write(place, channel -> {
            final ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining())
                channel.write(left);
        });
    }

    /**
     * Replaces the file at {@code place}, or creates it. If {@code place} is a symbolic link, the file that the link points to is replaced.
     * If {@code content} or the disk fails, the old file stays and no file is left aside.
     *
     * @throws IOException if the file cannot be written; the message names {@code place} and says what to do
     */
    public static void write(Path place, Content content) throws IOException {
        final Path target = target(place);
        final Path folder = folderOf(target);
        try (Aside aside = Aside.beside(target)) {
            content.writeTo(aside.channel());
            aside.channel().force(true);
            // The lock is held until the name has changed, so that no other process takes the file for abandoned.
            Files.move(aside.file(), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            sync(folder);
        } catch (IOException e) {
            throw cannot(place, folder, e);
        }
    }

    /** Syncs the names in {@code folder} to disk. Blocks until that is done. */
    public static void sync(Path folder) throws IOException {
        if (File.separatorChar == '\\')
            return; // Windows cannot open a folder; NTFS journals its names
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Path target(Path place) throws IOException {
        final Path target = Files.exists(place) ? place.toRealPath() : place.toAbsolutePath().normalize();
        if (Files.isSymbolicLink(place) && !Files.exists(place))
            throw new IOException(place + " is a symbolic link to " + Files.readSymbolicLink(place)
                    + ", which does not exist: remove the link or create the file");
        if (Files.exists(target) && !Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS))
            throw new IOException(
                    place + " cannot be written: it is " + (Files.isDirectory(target) ? "a folder" : "no regular file")
                            + "; give the path of a file");
        return target;
    }

    static Path folderOf(Path target) throws IOException {
        final Path folder = target.getParent();
        if (folder == null)
            throw new IOException(target + " cannot be written: it is the root of a file system; give the path of a file");
        Files.createDirectories(folder);
        return folder;
    }

    static IOException cannot(Path place, Path folder, IOException cause) {
        final String reason = String.valueOf(cause.getMessage());
        final String way = reason.contains("No space") || reason.contains("quota") || reason.contains("too large")
                ? "make room there, or write to another disk"
                : "check that the folder " + folder + " can be written, or give another path";
        return new IOException(place + " cannot be written: " + (cause.getMessage() == null ? cause.toString() : reason) + ": "
                + way + "; what was there before is unchanged", cause);
    }
}
