package retort.place;

import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The key of an object or of a folder, or a part of a key. A key is kept to the letter: {@code a//b}, {@code a/../b} and {@code a} are
 * three keys, because a store knows no folders. Its text is the whole address, without secrets. Immutable.
 */
final class StorePath implements Path {
    private final StoreFileSystem system;
    private final String key;
    private final boolean absolute;
    private final @Nullable StoreAttributes attributes;

    /** @param attributes those that a listing has told, which are then not asked for again; null for none */
    StorePath(StoreFileSystem system, String key, boolean absolute, @Nullable StoreAttributes attributes) {
        this.system = system;
        this.key = key;
        this.absolute = absolute;
        this.attributes = attributes;
    }

    static StorePath of(Path path) {
        if (path instanceof StorePath store)
            return store;
        throw new ProviderMismatchException(path + " is no place of a store");
    }

    String key() {
        return key;
    }

    Optional<StoreAttributes> known() {
        return Optional.ofNullable(attributes);
    }

    /** This path with the attributes that the store has told. */
    StorePath with(StoreAttributes told) {
        return new StorePath(system, key, absolute, told);
    }

    StorePath child(String name, @Nullable StoreAttributes told) {
        return new StorePath(system, key.isEmpty() ? name : key + "/" + name, absolute, told);
    }

    private StorePath part(String text) {
        return new StorePath(system, text, false, null);
    }

    @Override
    public StoreFileSystem getFileSystem() {
        return system;
    }

    @Override
    public boolean isAbsolute() {
        return absolute;
    }

    @Override
    public @Nullable Path getRoot() {
        return absolute ? new StorePath(system, "", true, null) : null;
    }

    @Override
    public @Nullable Path getFileName() {
        return key.isEmpty() ? null : part(key.substring(key.lastIndexOf('/') + 1));
    }

    @Override
    public @Nullable Path getParent() {
        if (key.isEmpty())
            return null;
        final int slash = key.lastIndexOf('/');
        return slash < 0 ? getRoot() : new StorePath(system, key.substring(0, slash), absolute, null);
    }

    @Override
    public int getNameCount() {
        return key.isEmpty() ? 0 : names().length;
    }

    private String[] names() {
        return key.split("/", -1);
    }

    @Override
    public Path getName(int index) {
        return subpath(index, index + 1);
    }

    @Override
    public Path subpath(int from, int to) {
        if (from < 0 || to > getNameCount() || from >= to)
            throw new IllegalArgumentException("names " + from + " to " + to + " of " + this);
        return part(String.join("/", java.util.Arrays.copyOfRange(names(), from, to)));
    }

    @Override
    public boolean startsWith(Path other) {
        return other instanceof StorePath that && that.system.equals(system) && that.absolute == absolute
                && (that.key.isEmpty() || (key + "/").startsWith(that.key + "/"));
    }

    @Override
    public boolean endsWith(Path other) {
        return other instanceof StorePath that && (that.absolute ? equals(that) : ("/" + key).endsWith("/" + that.key));
    }

    /** The same path, because {@code .} and {@code ..} are letters of a key. */
    @Override
    public Path normalize() {
        return this;
    }

    @Override
    public Path resolve(Path other) {
        if (other.isAbsolute())
            return other;
        final String text = other.toString();
        return text.isEmpty() ? this : child(text, null);
    }

    @Override
    public Path relativize(Path other) {
        final StorePath that = of(other);
        if (!that.startsWith(this))
            throw new IllegalArgumentException(other + " is not below " + this);
        return part(that.key.substring(key.isEmpty() ? 0 : Math.min(that.key.length(), key.length() + 1)));
    }

    @Override
    public URI toUri() {
        throw new UnsupportedOperationException(this + " is opened by its text alone");
    }

    @Override
    public Path toAbsolutePath() {
        return absolute ? this : new StorePath(system, key, true, attributes);
    }

    @Override
    public Path toRealPath(LinkOption... options) {
        return toAbsolutePath();
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
        throw new UnsupportedOperationException(this + " cannot be watched");
    }

    @Override
    public int compareTo(Path other) {
        return key.compareTo(of(other).key);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StorePath that && that.absolute == absolute && that.key.equals(key)
                && that.system.equals((FileSystem) system);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    @Override
    public String toString() {
        return absolute ? system.store().shown(key) : key;
    }
}
