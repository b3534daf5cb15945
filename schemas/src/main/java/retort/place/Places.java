package retort.place;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import retort.digest.Sha256;
import retort.settings.Secrets;
import retort.settings.Settings;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Turns the text of a place into a path that {@link java.nio.file.Files} reads: {@code s3://BUCKET/KEY} and
 * {@code https://HOST/PATH}. A connection is opened when something is read. Any thread; the one who makes it closes it after the
 * last read.
 */
public final class Places implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("(s3|https|http)://([^/?#]*)(?:/(.*))?", Pattern.DOTALL);
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,254}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+(:\\d{1,5})?|\\[[0-9A-Fa-f:.]+](:\\d{1,5})?");

    private final PlaceSettings settings;
    private final Room room;
    private final Optional<Cache> cache;
    private final Map<String, StoreFileSystem> systems = new ConcurrentHashMap<>();
    private @Nullable S3Client s3;

    /** @param room memory for what is fetched ahead */
    public Places(PlaceSettings settings, Room room) {
        this.settings = settings;
        this.room = room;
        this.cache = settings.cache().map(folder -> new Cache(folder, settings.cacheBytes()));
    }

    /**
     * Places as the settings describe them, without memory for what is fetched ahead.
     *
     * @throws retort.settings.SettingException if a value is not allowed
     */
    public static Places from(Config whole) {
        return new Places(PlaceSettings.from(whole), Room.NONE);
    }

    /** Places with the defaults of reference.conf. */
    public static Places standard() {
        return from(Settings.reference());
    }

    /** True if {@code text} begins as the address of a place does. A text that does not is a file on disk. */
    public static boolean isPlace(String text) {
        return ADDRESS.matcher(text).lookingAt();
    }

    /** True if {@code text} is an address on the web, in which {@code ?} begins a query and nothing can be listed. */
    public static boolean isWeb(String text) {
        return isPlace(text) && !text.startsWith("s3:");
    }

    /** {@code text} without the secrets of an address in it; any other text as it is. */
    public static String shown(String text) {
        return text.contains("://") ? Secrets.withoutPasswords(text) : text;
    }

    /** True if {@code path} is no file on this machine's disks. */
    public static boolean isPlace(Path path) {
        return !path.getFileSystem().equals(FileSystems.getDefault());
    }

    /**
     * The path of an address. Nothing is asked of a server.
     *
     * @param text a key of {@code s3://} is taken to the letter; one slash at the end is left out
     * @throws InvalidPathException if {@code text} is no such address; the message has no secrets
     */
    public Path path(String text) {
        final Matcher address = ADDRESS.matcher(text);
        if (!address.matches())
            throw new InvalidPathException(Secrets.withoutPasswords(text), "it is no address of s3:// or https://");
        final String key = Optional.ofNullable(address.group(3)).orElse("");
        return system(address.group(1), address.group(2)).path(key.endsWith("/") ? key.substring(0, key.length() - 1) : key);
    }

    /**
     * The path of a place, or of a file on a disk.
     *
     * @throws InvalidPathException if {@code text} is neither
     */
    public Path file(String text) {
        return isPlace(text) ? path(text) : Path.of(text);
    }

    /** The text that names {@code file} to other processes: the address of a place, or a file: URI. */
    public static String address(Path file) {
        return isPlace(file) ? file.toString() : file.toUri().toString();
    }

    private StoreFileSystem system(String scheme, String holder) {
        if (!(scheme.equals("s3") ? BUCKET : HOST).matcher(holder).matches())
            throw new InvalidPathException(scheme + "://" + Secrets.MASK, scheme.equals("s3")
                    ? "the bucket has 2 to 255 letters, digits, '.', '_' and '-'; credentials come from AWS's standard chain"
                    : "the host must stand there alone, without a user and a password: give a token with places.https.tokens");
        final String root = scheme + "://" + (scheme.equals("s3") ? holder : holder.toLowerCase(Locale.ROOT)) + "/";
        return systems.computeIfAbsent(root, fresh -> new StoreFileSystem(
                scheme.equals("s3") ? new S3Store(holder, s3(), settings.s3()) : new HttpStore(fresh, settings),
                new Attempts(settings.attempts()), room, cache));
    }

    private synchronized S3Client s3() {
        if (s3 == null)
            s3 = S3Clients.of(settings);
        return s3;
    }

    /**
     * Opens the copy of an object in the cache folder, which is fetched if there is none. The caller closes it.
     *
     * @param file for which {@link #isPlace(Path)} is true
     * @return empty if {@code places.cache.folder} names no folder, or the object cannot be copied
     */
    public static Optional<FileChannel> copy(Path file) throws IOException {
        return StorePath.of(file).getFileSystem().copy(StorePath.of(file));
    }

    /**
     * Opens a file that can be mapped into memory. An object is copied: into the cache folder, or, without one, into a temporary file that
     * vanishes when the channel is closed. What is mapped then stays until it is unmapped. The caller closes the channel.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such file
     */
    public static FileChannel mappable(Path file) throws IOException {
        return isPlace(file) ? StoreProvider.copy(StorePath.of(file)) : FileChannel.open(file, StandardOpenOption.READ);
    }

    /**
     * The bytes {@code from} to {@code to} of an object, in one request where they are few. Skipping reads little. The caller closes it.
     *
     * @param file for which {@link #isPlace(Path)} is true
     * @param to capped to the object's end
     */
    public static InputStream open(Path file, long from, long to) {
        final StorePath place = StorePath.of(file);
        return new AheadStream(place.getFileSystem().file(place), from, to, StoreProvider.MOST_AHEAD);
    }

    /**
     * A text that changes with the content of an object, such as its ETag, for a path that a listing gave or {@link #pinned} made; empty
     * for a file on disk, and for a server that tells none.
     */
    public static String version(Path file) {
        return isPlace(file) ? StorePath.of(file).known().map(StoreAttributes::version).orElse("") : "";
    }

    /** A number that changes with the content of an object; 0 for a file on disk, and for a server that tells no version. */
    public static long version(BasicFileAttributes attributes) {
        return attributes instanceof StoreAttributes store && !store.version().isEmpty()
                ? Long.parseUnsignedLong(Sha256.of(store.version()).substring(0, 16), 16)
                : 0;
    }

    /**
     * The same path, which from now on means the object that is there now. If the object is replaced, reads fail and name it.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such object
     */
    public static Path pinned(Path file) throws IOException {
        if (!isPlace(file))
            return file;
        final StorePath place = StorePath.of(file);
        return place.with(place.getFileSystem().find(place));
    }

    @Override
    public synchronized void close() {
        if (s3 != null)
            s3.close();
    }
}
