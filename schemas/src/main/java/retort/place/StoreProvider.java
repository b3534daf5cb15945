package retort.place;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lets {@link java.nio.file.Files} read stores, and delete objects. Stateless; any thread. */
final class StoreProvider extends FileSystemProvider {
    /** Ranges of a sequential read that are fetched ahead. */
    static final int MOST_AHEAD = 8;

    @Override
    public String getScheme() {
        return "retort-store";
    }

    @Override
    public InputStream newInputStream(Path path, OpenOption... options) throws IOException {
        requireReading(Set.of(options));
        final Optional<FileChannel> copy = StorePath.of(path).getFileSystem().copy(StorePath.of(path));
        return copy.isPresent()
                ? Channels.newInputStream(copy.get())
                : new AheadStream(file(path), 0, Long.MAX_VALUE, MOST_AHEAD);
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        requireReading(options);
        final StorePath place = StorePath.of(path);
        final StoreAttributes found = place.getFileSystem().find(place);
        final Optional<FileChannel> copy = place.getFileSystem().copy(place.with(found));
        if (copy.isPresent())
            return copy.get();
        final StoreFile file = file(place.with(found));
        return found.size() > 1 && !file.isRanged() ? copied(file) : new StoreChannel(file, found.size());
    }

    /** A copy of the object on a disk. The caller closes it. */
    static FileChannel copy(StorePath place) throws IOException {
        final StorePath found = place.with(place.getFileSystem().find(place));
        final Optional<FileChannel> kept = place.getFileSystem().copy(found);
        return kept.isPresent() ? kept.get() : copied(place.getFileSystem().file(found));
    }

    /** The object in a temporary file, because a server without ranges would send all of it for each read. */
    private static FileChannel copied(StoreFile file) throws IOException {
        final Path copy = Files.createTempFile("retort-place-", null);
        try {
            try (InputStream in = new AheadStream(file, 0, Long.MAX_VALUE, 0)) {
                Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            }
            return FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(copy);
            throw e;
        }
    }

    @Override
    public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        return newFileChannel(path, options);
    }

    /** Asks for one page of the listing at a time. */
    @Override
    public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter) {
        final StorePath place = StorePath.of(folder);
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return new Entries(place, filter);
            }

            @Override
            public void close() {
                // no page is open between two calls
            }
        };
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options) throws IOException {
        if (!type.isAssignableFrom(StoreAttributes.class))
            throw new UnsupportedOperationException("attributes " + type.getSimpleName() + " of " + path);
        final StorePath place = StorePath.of(path);
        return type.cast(place.getFileSystem().find(place));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        final StorePath place = StorePath.of(path);
        place.getFileSystem().find(place);
        if (Set.of(modes).contains(AccessMode.WRITE))
            throw new ReadOnlyFileSystemException();
    }

    @Override
    public boolean isSameFile(Path a, Path b) {
        return a.equals(b);
    }

    @Override
    public boolean isHidden(Path path) {
        return false;
    }

    private static StoreFile file(Path path) {
        final StorePath place = StorePath.of(path);
        return place.getFileSystem().file(place);
    }

    private static void requireReading(Set<? extends OpenOption> options) {
        if (!Set.of(StandardOpenOption.READ).containsAll(options))
            throw new ReadOnlyFileSystemException();
    }

    @Override
    public FileStore getFileStore(Path path) {
        throw new UnsupportedOperationException(path + " is on no disk");
    }

    @Override
    public @Nullable <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return null;
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
        throw new UnsupportedOperationException("attributes by name of " + path);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
        throw new UnsupportedOperationException("Places opens stores");
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        throw new UnsupportedOperationException("Places opens stores");
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException("Places opens stores");
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) {
        throw new ReadOnlyFileSystemException();
    }

    /** Deletes an object. It is no error if there is none, because a store does not tell. */
    @Override
    public void delete(Path path) throws IOException {
        final StorePath place = StorePath.of(path);
        final StoreFileSystem system = place.getFileSystem();
        final Writes writes = system.store().writes().orElseThrow(ReadOnlyFileSystemException::new);
        system.attempts().run(place.toString(), "deleted", () -> {
            writes.delete(place.key());
            return true;
        });
    }

    @Override
    public void copy(Path from, Path to, CopyOption... options) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void move(Path from, Path to, CopyOption... options) {
        throw new ReadOnlyFileSystemException();
    }

    /** The entries of a folder, page by page. */
    private static final class Entries implements Iterator<Path> {
        private final StorePath folder;
        private final DirectoryStream.Filter<? super Path> filter;
        private final Deque<Path> left = new ArrayDeque<>();
        private Optional<String> token = Optional.empty();
        private boolean started;

        Entries(StorePath folder, DirectoryStream.Filter<? super Path> filter) {
            this.folder = folder;
            this.filter = filter;
        }

        @Override
        public boolean hasNext() {
            while (left.isEmpty() && (!started || token.isPresent()))
                page();
            return !left.isEmpty();
        }

        @Override
        public Path next() {
            if (!hasNext())
                throw new NoSuchElementException(folder.toString());
            return left.remove();
        }

        private void page() {
            try {
                final Store.Page page = folder.getFileSystem().page(folder.key(), token);
                started = true;
                token = page.next();
                for (final Store.Entry entry : page.entries()) {
                    final Path path = folder.child(entry.name(), entry.attributes());
                    if (filter.accept(path))
                        left.add(path);
                }
            } catch (IOException e) {
                throw new DirectoryIteratorException(e);
            }
        }
    }
}
