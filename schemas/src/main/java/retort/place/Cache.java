package retort.place;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.digest.Sha256;

/**
 * Copies of whole objects in a folder on a disk, for processes that read them again. The name of a copy holds the digest of the object's
 * address and version, and the digest of its content, which is checked before a process uses the copy for the first time. When the folder
 * is full, the copies that were used longest ago are deleted. Any thread; several processes may share the folder.
 */
final class Cache {
    private static final Logger LOG = LoggerFactory.getLogger(Cache.class);
    private static final String COPY = ".object";
    private static final String PART = ".part";
    private static final int LOCKS = 1024;
    private static final int MOST_CHECKED = 1 << 16;
    /** The age at which a part counts as abandoned by a killed process. */
    private static final Duration ABANDONED = Duration.ofHours(6);

    private final Path folder;
    private final long most;
    /** An object is fetched by one thread; objects share a few locks, so that a million of them take no memory. */
    private final Object[] locks = Stream.generate(Object::new).limit(LOCKS).toArray();
    /** Copies that this process has checked. */
    private final Set<Path> checked = ConcurrentHashMap.newKeySet();
    /** Bytes of all copies as counted last, and what this process has added since. */
    private long bytes = -1;

    private record Copy(Path path, long bytes, FileTime used) {
    }

    /** @param most bytes of all copies together */
    Cache(Path folder, long most) {
        this.folder = folder;
        this.most = most;
    }

    /**
     * Opens the copy of an object, which is fetched if there is none. The caller closes it.
     *
     * @return empty for an object without a version, for one that is larger than half of the cache, and where the disk cannot be written
     */
    Optional<FileChannel> open(StoreFile file, StoreAttributes known) throws IOException {
        final Optional<Path> copy = copy(file, known);
        if (copy.isEmpty())
            return Optional.empty();
        try {
            return Optional.of(FileChannel.open(copy.get(), StandardOpenOption.READ));
        } catch (NoSuchFileException e) { // another process has made room
            return Optional.empty();
        }
    }

    private Optional<Path> copy(StoreFile file, StoreAttributes known) throws IOException {
        if (known.version().isEmpty() || known.size() > most / 2)
            return Optional.empty();
        final String name = Sha256.of(file.store().root() + file.key() + "\n" + known.version() + "\n" + known.size());
        synchronized (locks[Integer.parseInt(name, 0, 4, 16) % LOCKS]) {
            final Path place = folder.resolve(name.substring(0, 2));
            final Optional<Path> there = find(place, name);
            if (there.isPresent() && isWhole(there.get(), known.size()))
                return used(there.get());
            try {
                Files.createDirectories(place);
                makeRoom(known.size());
                return Optional.of(fetch(file, known, place, name));
            } catch (WriteException e) {
                LOG.warn("{} cannot be written: {}: objects are read without a copy", folder, e.getMessage());
                return Optional.empty();
            }
        }
    }

    private static Optional<Path> find(Path place, String name) throws IOException {
        if (!Files.isDirectory(place))
            return Optional.empty();
        try (Stream<Path> copies = Files.list(place)) {
            return copies.filter(copy -> isCopyOf(copy, name)).findFirst();
        }
    }

    private static boolean isCopyOf(Path copy, String name) {
        final String its = String.valueOf(copy.getFileName());
        return its.startsWith(name + ".") && its.endsWith(COPY);
    }

    private boolean isWhole(Path copy, long size) {
        if (checked.contains(copy) && Files.exists(copy))
            return true;
        try {
            if (Files.size(copy) == size && String.valueOf(copy.getFileName()).contains("." + Sha256.of(copy).sha256() + ".")) {
                remember(copy);
                return true;
            }
            LOG.warn("{} is damaged, and is fetched again", copy);
            Files.deleteIfExists(copy);
        } catch (IOException e) {
            LOG.debug("{} has gone", copy, e);
        }
        return false;
    }

    private void remember(Path copy) {
        if (checked.size() >= MOST_CHECKED)
            checked.clear(); // the copies are checked once more, and memory stays bounded
        checked.add(copy);
    }

    private static Optional<Path> used(Path copy) {
        try {
            Files.setLastModifiedTime(copy, FileTime.from(Instant.now()));
        } catch (IOException e) {
            LOG.debug("{} cannot be marked as used", copy, e);
        }
        return Optional.of(copy);
    }

    /** An error of the disk, and not of the store. */
    private static final class WriteException extends UncheckedIOException {
        private static final long serialVersionUID = 1L;

        WriteException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private Path fetch(StoreFile file, StoreAttributes known, Path place, String name) throws IOException {
        final MessageDigest digest = Sha256.digest();
        final Path part = onDisk(() -> Files.createTempFile(place, "fetch-", PART));
        try (InputStream in = new AheadStream(file.pinned(known.version()), 0, Long.MAX_VALUE, StoreProvider.MOST_AHEAD)) {
            try (OutputStream out = new DigestOutputStream(onDisk(() -> Files.newOutputStream(part)), digest)) {
                final byte[] some = new byte[1 << 16];
                for (int n = in.read(some); n >= 0; n = in.read(some)) {
                    final int read = n;
                    onDisk(() -> {
                        out.write(some, 0, read);
                        return read;
                    });
                }
            }
            final Path copy = place.resolve(name + "." + Sha256.hex(digest) + COPY);
            onDisk(() -> Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE));
            remember(copy);
            return copy;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Work on the disk. */
    @FunctionalInterface
    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> T onDisk(Work<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw new WriteException(e);
        }
    }

    private synchronized void makeRoom(long wanted) {
        bytes += wanted;
        if (bytes >= wanted && bytes <= most)
            return;
        final List<Copy> copies = new ArrayList<>();
        onDisk(() -> {
            Files.createDirectories(folder);
            try (Stream<Path> files = Files.walk(folder)) {
                files.forEach(file -> look(file, copies));
            }
            return folder;
        });
        copies.sort(Comparator.comparing(Copy::used));
        bytes = wanted + copies.stream().mapToLong(Copy::bytes).sum();
        for (final Copy copy : copies) {
            if (bytes <= most)
                break;
            if (delete(copy.path()))
                bytes -= copy.bytes();
        }
    }

    private static void look(Path file, List<Copy> copies) {
        try {
            final FileTime used = Files.getLastModifiedTime(file);
            if (file.toString().endsWith(COPY))
                copies.add(new Copy(file, Files.size(file), used));
            else if (file.toString().endsWith(PART) && used.toInstant().isBefore(Instant.now().minus(ABANDONED)))
                delete(file);
        } catch (IOException e) {
            LOG.debug("{} has gone", file, e);
        }
    }

    private static boolean delete(Path file) {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.debug("{} cannot be deleted", file, e);
            return false;
        }
    }
}
