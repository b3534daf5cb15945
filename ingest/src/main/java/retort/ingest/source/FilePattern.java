package retort.ingest.source;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files named by a pattern: braces as shells and webdataset know them, {@code {0000..1023}} and {@code {a,b}}, in the order
 * written, and {@code *} or {@code ?} in the last name, sorted. Braces that are neither stay as they are.
 */
public final class FilePattern {
    private static final int MOST_FILES = 1_000_000;
    /** The innermost braces come first, so nesting needs no grammar. */
    private static final Pattern BRACES = Pattern.compile("\\{(?:(\\d{1,9})\\.\\.(\\d{1,9})|([^{}]*,[^{}]*))}");

    private FilePattern() {
    }

    /**
     * The files, each of which exists.
     *
     * @throws SourceException when one is missing, or nothing matches
     */
    public static List<Path> files(SourceLocation location) throws SourceException {
        final List<Path> files = new ArrayList<>();
        for (final String name : expand(location)) {
            final int before = files.size();
            try {
                addMatching(Path.of(name), files);
            } catch (IOException | InvalidPathException e) {
                throw new SourceException(location + ": " + name + " cannot be read: " + e.getMessage(), e);
            }
            if (files.size() == before)
                throw new SourceException(location + ": there is no file " + name);
        }
        return List.copyOf(files);
    }

    private static void addMatching(Path path, List<Path> files) throws IOException {
        final Path name = path.getFileName();
        if (Files.isRegularFile(path)) {
            files.add(path);
        } else if (name != null && (name.toString().contains("*") || name.toString().contains("?"))) {
            final Path directory = Optional.ofNullable(path.getParent()).orElse(Path.of(""));
            final List<Path> matching = new ArrayList<>();
            final String glob = name.toString().replaceAll("([\\\\{}\\[\\]])", "\\\\$1");
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, glob)) {
                entries.forEach(matching::add);
            }
            matching.stream().filter(Files::isRegularFile).sorted(Comparator.comparing(Path::toString)).forEach(files::add);
        }
    }

    private static List<String> expand(SourceLocation location) throws SourceException {
        List<String> names = List.of(location.path());
        for (;;) {
            final List<String> next = new ArrayList<>();
            for (final String name : names) {
                final Matcher braces = BRACES.matcher(name);
                if (!braces.find())
                    next.add(name);
                else
                    for (final String value : values(location, braces, MOST_FILES - next.size()))
                        next.add(name.substring(0, braces.start()) + value + name.substring(braces.end()));
            }
            if (next.equals(names))
                return names;
            names = next;
        }
    }

    private static List<String> values(SourceLocation location, Matcher braces, int most) throws SourceException {
        if (braces.group(3) != null)
            return List.of(braces.group(3).split(",", -1));
        final int from = Integer.parseInt(braces.group(1));
        final int to = Integer.parseInt(braces.group(2));
        if (Math.abs(to - from) >= most)
            throw new SourceException(location + ": " + braces.group() + " names more than " + MOST_FILES + " files");
        final boolean padded = braces.group(1).startsWith("0") || braces.group(2).startsWith("0");
        final int width = padded ? Math.max(braces.group(1).length(), braces.group(2).length()) : 1;
        final List<String> values = new ArrayList<>();
        for (int value = from; from <= to ? value <= to : value >= to; value += from <= to ? 1 : -1)
            values.add("0".repeat(Math.max(0, width - String.valueOf(value).length())) + value);
        return values;
    }
}
