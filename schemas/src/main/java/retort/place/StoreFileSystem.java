package retort.place;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One store as {@link java.nio.file.Files} sees it: a tree that is read. {@link BucketFiles} writes it. Any thread. */
final class StoreFileSystem extends FileSystem {
    private static final FileSystemProvider PROVIDER = new StoreProvider();

    private final Store store;
    private final Attempts attempts;
    private final Room room;
    private final Optional<Cache> cache;

    /** @param cache copies of whole objects; empty for none */
    StoreFileSystem(Store store, Attempts attempts, Room room, Optional<Cache> cache) {
        this.cache = cache;
        this.store = store;
        this.attempts = attempts;
        this.room = room;
    }

    Store store() {
        return store;
    }

    Attempts attempts() {
        return attempts;
    }

    /** The object at {@code path}, in the version that a listing has told if there was one. */
    StoreFile file(StorePath path) {
        return new StoreFile(store, path.key(), path.known().map(StoreAttributes::version), attempts, room);
    }

    /** @param key to the letter */
    StorePath path(String key) {
        return new StorePath(this, key, true, null);
    }

    /**
     * Asks for the attributes of an object or a folder.
     *
     * @throws NoSuchFileException if there is neither
     */
    StoreAttributes find(StorePath path) throws IOException {
        if (path.known().isPresent())
            return path.known().get();
        final String key = path.key();
        if (!key.isEmpty())
            try (Fetch first = new Fetch(store, key, 0, 1, Optional.empty(), attempts)) {
                return first.open();
            } catch (NoSuchFileException e) {
                if (!store.hasFolders())
                    throw e;
            }
        if (key.isEmpty() && !store.hasFolders() || page(key, Optional.empty()).entries().isEmpty())
            throw new NoSuchFileException(path.toString());
        return StoreAttributes.FOLDER;
    }

    /** Opens the copy of an object on a disk, which is fetched if there is none; empty where objects are not copied. */
    Optional<FileChannel> copy(StorePath path) throws IOException {
        return cache.isEmpty() ? Optional.empty() : cache.get().open(file(path), find(path));
    }

    Store.Page page(String folder, Optional<String> token) throws IOException {
        return attempts.run(store.shown(folder), () -> store.list(folder, token));
    }

    @Override
    public FileSystemProvider provider() {
        return PROVIDER;
    }

    /** Nothing is held open by a file system of its own. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("Places closes the connections");
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return true;
    }

    @Override
    public String getSeparator() {
        return "/";
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of(path(""));
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return Set.of("basic");
    }

    /** A part of a key. */
    @Override
    public Path getPath(String first, String... more) {
        final String text = more.length == 0 ? first : first + "/" + String.join("/", more);
        return new StorePath(this, text, false, null);
    }

    @Override
    public PathMatcher getPathMatcher(String pattern) {
        throw new UnsupportedOperationException(pattern);
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        throw new UnsupportedOperationException();
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException(store.root() + " cannot be watched");
    }
}
