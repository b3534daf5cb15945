package retort.ingest.source;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides which names belong to a data set. It holds the one list of image endings, and the one list of files and folders that operating
 * systems and tools leave beside the data. Every ending listed here is of a kind that the decoder reads. Any thread.
 */
public final class ImageNames {
    /** The reason for which a folder that {@link #isForeign} is passed over. */
    public static final String FOREIGN_FOLDER = "folder that is hidden, or left by an operating system";
    /** The reason for which a file or a member that {@link #isForeign} is passed over. */
    public static final String FOREIGN = "hidden, or left by an operating system";

    /** The reason for which a link to a folder is passed over that holds the link itself. */
    public static final String LEADS_BACK = "link that leads back to a folder that holds it";
    /** The reason for which a member of a tar that is a link is passed over. */
    public static final String LINK = "link to another member";

    /** JPEG, PNG, WebP, GIF and BMP, under the endings that Pillow 13.0 registers for them. */
    private static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "gif", "bmp");

    /** webdataset's users ask for {@code jpg;jpeg;png;webp} in this order. The other endings follow. */
    private static final List<String> PREFERRED = List.of("jpg", "jpeg", "png", "webp", "jpe", "jfif", "gif", "bmp", "apng");

    /** Names without a leading dot that macOS, Synology, QNAP, Windows, ext4 and Python leave. */
    private static final Set<String> LEFT_BY_SYSTEMS = Set.of("__MACOSX", "@eaDir", "@tmp", "#recycle", "#snapshot", "@Recycle",
            "@Recently-Snapshot", "@__thumb", "lost+found", "$RECYCLE.BIN", "System Volume Information", "__pycache__",
            "Thumbs.db");

    private ImageNames() {
    }

    /** The endings, without dots, sorted, for messages. */
    public static Set<String> endings() {
        return new TreeSet<>(ENDINGS);
    }

    /** Keys of an image in a sample of several files, the first choice first. */
    public static List<String> preferred() {
        return PREFERRED;
    }

    /** True if {@code name} ends like an image that the decoder reads. */
    public static boolean isImage(String name) {
        return ENDINGS.contains(ending(name));
    }

    /**
     * Says why the file {@code name} holds no image.
     *
     * @param name the last name of a path
     * @return empty if the file may hold an image
     */
    public static Optional<String> reason(String name) {
        if (isForeign(name))
            return Optional.of(FOREIGN);
        if (isImage(name))
            return Optional.empty();
        final String ending = ending(name);
        return Optional.of(ending.isEmpty() || ending.length() > 16
                ? "no image ending"
                : "no image ending that is read: ." + FileName.shown(ending));
    }

    /**
     * True if {@code name}, of one file or folder, is hidden or was left by an operating system or a tool: {@code ._a.jpg},
     * {@code __MACOSX}, {@code .ipynb_checkpoints}, {@code @eaDir}, {@code lost+found}, {@code .git}.
     */
    public static boolean isForeign(String name) {
        return name.startsWith(".") && !name.equals(".") && !name.equals("..") || LEFT_BY_SYSTEMS.contains(name);
    }

    /** True if any name of {@code path} {@link #isForeign}. The names have {@code /} between them. */
    public static boolean isForeignPath(String path) {
        int from = 0;
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', from)) {
            if (isForeign(path.substring(from, slash)))
                return true;
            from = slash + 1;
        }
        return isForeign(path.substring(from));
    }

    /** The text after the last dot, in lower case; empty without a dot. */
    private static String ending(String name) {
        return name.substring(name.lastIndexOf('.') + 1 == 0 ? name.length() : name.lastIndexOf('.') + 1)
                .toLowerCase(Locale.ROOT);
    }
}
