package retort.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A file beside a target, and a folder of the same name, that a writer fills before it renames one of them to the target. The writer holds
 * a lock on the file. The system releases the lock when the process ends, so the next writer of the same target recognises what a killed
 * writer has left, and removes it. One thread uses it and closes it.
 */
final class Aside implements AutoCloseable {
    private static final String SUFFIX = ".aside";
    private static final String FOLDER = ".d";
    /** Tells the files of this process from those of others, because a process must not open a file on which it holds a lock. */
    private static final String OWN = ProcessHandle.current().pid() + "-" + Long.toHexString(new SecureRandom().nextLong()) + "-";
    private static final AtomicLong COUNT = new AtomicLong();
    /** The age at which a file counts as left by a killed writer, where the file system has no locks. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    private final Path file;
    private final FileChannel channel;

    private Aside(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Removes what killed writers of {@code target} have left, and creates a file beside it. */
    static Aside beside(Path target) throws IOException {
        sweep(target);
        while (true) {
            final Path file = target.resolveSibling(prefix(target) + OWN + COUNT.incrementAndGet() + SUFFIX);
            final FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            lock(channel);
            if (Files.exists(file))
                return new Aside(file, channel);
            channel.close(); // another process has swept it before it was locked
        }
    }

    private static void lock(FileChannel channel) {
        try {
            channel.lock();
        } catch (IOException _) {
            // the file system has no locks; the age of the file counts there
        }
    }

    Path file() {
        return file;
    }

    /** The channel of {@link #file}, empty and open for writing. */
    FileChannel channel() {
        return channel;
    }

    /** The folder that belongs to this file. It does not exist until the writer creates it. */
    Path folder() {
        return folder(file);
    }

    private static Path folder(Path file) {
        return file.resolveSibling(file.getFileName() + FOLDER);
    }

    /** Deletes file and folder, as far as they still have these names. */
    @Override
    public void close() throws IOException {
        try (channel) {
            deleteTree(folder());
            Files.deleteIfExists(file);
        }
    }

    private static void sweep(Path target) throws IOException {
        final List<Path> others;
        try (Stream<Path> files = Files.list(target.getParent())) {
            others = files.filter(file -> isOfAnotherProcess(file.getFileName().toString(), prefix(target))).toList();
        }
        for (final Path left : others)
            try (FileChannel channel = FileChannel.open(left, StandardOpenOption.WRITE)) {
                if (isAbandoned(left, channel)) {
                    deleteTree(folder(left));
                    Files.deleteIfExists(left);
                }
            } catch (IOException _) {
                // its writer has renamed it in the meantime, or it belongs to another user
            }
    }

    private static boolean isOfAnotherProcess(String name, String prefix) {
        return name.startsWith(prefix) && name.endsWith(SUFFIX) && !name.startsWith(prefix + OWN);
    }

    /** Takes the lock if it is free. The caller closes the channel, which releases it. */
    private static boolean isAbandoned(Path left, FileChannel channel) throws IOException {
        try {
            final FileLock free = channel.tryLock();
            return free != null;
        } catch (IOException e) {
            return Files.getLastModifiedTime(left, LinkOption.NOFOLLOW_LINKS).toInstant()
                    .isBefore(Instant.now().minus(ABANDONED));
        }
    }

    private static void deleteTree(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (final Path each : all.sorted(Comparator.reverseOrder()).toList())
                Files.deleteIfExists(each);
        } catch (NoSuchFileException _) {
            // there was none
        }
    }

    private static String prefix(Path target) {
        return "." + target.getFileName() + ".";
    }
}
