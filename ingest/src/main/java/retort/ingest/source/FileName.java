package retort.ingest.source;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import retort.place.Places;

/**
 * File names as text that keeps every byte, whatever the locale of the JVM. A name is read as UTF-8. A byte that is not UTF-8
 * becomes the character U+DC00 plus the byte, as in Python's {@code os.fsdecode}. The JVM alone would turn such names into question
 * marks and would not find the file again; in the locale {@code C} it does so with every letter outside ASCII. Any thread.
 */
public final class FileName {
    /** Order of Unicode code points, which is the order of Python's {@code sorted}. Java's own order compares UTF-16 units. */
    public static final Comparator<String> ORDER = FileName::compare;

    private static final char ESCAPE = 0xDC00;
    private static final char FIRST_ESCAPED = 0xDC80;
    private static final char LAST_ESCAPED = 0xDCFF;
    private static final char REPLACEMENT = 0xFFFD;
    private static final boolean BYTES = FileSystems.getDefault().getSeparator().equals("/");
    private static final boolean UTF_8 = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));

    private FileName() {
    }

    /** The last name of {@code path}. */
    public static String of(Path path) {
        final Path last = path.getFileName();
        if (last != null && Places.isPlace(path))
            return last.toString();
        final String text = last == null ? "" : last.toString();
        if (last == null || !BYTES || isAscii(text) || UTF_8 && text.indexOf(REPLACEMENT) < 0)
            return text;
        final String raw = last.toUri().getRawPath(); // the bytes of the name, percent-encoded
        final int end = raw.endsWith("/") ? raw.length() - 1 : raw.length();
        return decode(unescaped(raw.substring(raw.lastIndexOf('/', end - 1) + 1, end)));
    }

    /**
     * The path that {@code text} names, byte by byte.
     *
     * @param text a text as {@link #of} gives it, of one or several names with {@code /} between them
     * @throws InvalidPathException if no file can have that name
     */
    public static Path path(String text) {
        if (!BYTES || isAscii(text) || text.indexOf(0) >= 0)
            return Path.of(text);
        final StringBuilder uri = new StringBuilder(text.startsWith("/") ? "file://" : "file:///");
        for (final byte value : encode(text))
            if (value == '/' || value >= '0' && value <= '9' || value >= 'a' && value <= 'z' || value >= 'A' && value <= 'Z')
                uri.append((char) value);
            else
                uri.append(String.format(Locale.ROOT, "%%%02X", value & 0xFF));
        final Path absolute = Path.of(URI.create(uri.toString()));
        return text.startsWith("/") ? absolute : Path.of("/").relativize(absolute);
    }

    /**
     * The path of {@code text} below {@code folder}, wherever the folder lies.
     *
     * @param text names as {@link #of} gives them, with {@code /} between them
     */
    public static Path below(Path folder, String text) {
        return Places.isPlace(folder) ? folder.resolve(text) : folder.resolve(path(text));
    }

    /** {@code text}, a name as {@link #of} gives it, with every byte that is not UTF-8 written as {@code \xE9}. */
    public static String shown(String text) {
        if (text.chars().noneMatch(FileName::isEscaped))
            return text;
        final StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (isEscaped(c))
                shown.append(String.format(Locale.ROOT, "\\x%02X", c - ESCAPE));
            else
                shown.appendCodePoint(c);
        });
        return shown.toString();
    }

    /** Decodes the bytes of a name; see the class. */
    public static String decode(byte[] name) {
        final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports what it cannot decode
        final ByteBuffer bytes = ByteBuffer.wrap(name);
        final CharBuffer text = CharBuffer.allocate(name.length);
        for (;;) {
            final CoderResult result = decoder.decode(bytes, text, true);
            if (!result.isError())
                return text.flip().toString();
            for (int i = 0; i < result.length(); i++)
                text.put((char) (ESCAPE + Byte.toUnsignedInt(bytes.get())));
            decoder.reset();
        }
    }

    /** The bytes that {@link #decode} made {@code text} of. */
    public static byte[] encode(String text) {
        if (text.chars().noneMatch(FileName::isEscaped))
            return text.getBytes(StandardCharsets.UTF_8);
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        text.codePoints().forEach(c -> {
            if (isEscaped(c))
                bytes.write(c - ESCAPE);
            else
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        });
        return bytes.toByteArray();
    }

    /** True for a code point that stands for a byte. The second half of a surrogate pair is no code point of its own. */
    private static boolean isEscaped(int c) {
        return c >= FIRST_ESCAPED && c <= LAST_ESCAPED;
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    private static byte[] unescaped(String percent) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < percent.length(); i++)
            if (percent.charAt(i) == '%') {
                bytes.write(Integer.parseInt(percent, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(percent.charAt(i));
            }
        return bytes.toByteArray();
    }

    private static int compare(String a, String b) {
        final int most = Math.min(a.length(), b.length());
        for (int i = 0; i < most; i++)
            if (a.charAt(i) != b.charAt(i)) {
                final int start = i > 0 && Character.isHighSurrogate(a.charAt(i - 1)) ? i - 1 : i;
                return Integer.compare(a.codePointAt(start), b.codePointAt(start));
            }
        return Integer.compare(a.length(), b.length());
    }
}
