package retort.ingest.source;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import retort.place.Places;

/**
 * Files named by a pattern, in the grammar of bash and webdataset. {@code ::} separates patterns. {@link BraceExpansion} comes next,
 * and its texts keep the order that is written. Then {@code *} stands for any characters, {@code ?} for one and {@code [a-c]} for one of
 * several, in any part of the path; what they match is sorted by Unicode code points. They do not match hidden files or what an
 * operating system left. A text that is the name of a file on a disk is that file, whatever characters it has. On the web {@code ?}
 * begins a query, and nothing can be listed.
 */
public final class FilePattern {
    private static final int MOST_FILES = 1_000_000;
    /** Two colons inside the brackets of an IPv6 address are none. */
    private static final String BETWEEN_PATTERNS = "::(?![^/]*\\])";
    private static final boolean ESCAPES = FileSystems.getDefault().getSeparator().equals("/");

    private FilePattern() {
    }

    /**
     * The files, each of which exists.
     *
     * @throws SourceException if one is missing, or nothing matches
     */
    public static List<Path> files(SourceLocation location) throws SourceException {
        final List<Path> files = new ArrayList<>();
        if (!Places.isPlace(location.path()) && isFile(location.path()))
            return List.of(FileName.path(location.path()));
        for (final String pattern : location.path().split(BETWEEN_PATTERNS, -1)) {
            if (Places.isPlace(pattern))
                files.addAll(PlacePattern.files(location, expand(location, pattern, MOST_FILES - files.size())));
            else if (isFile(pattern))
                files.add(FileName.path(pattern));
            else
                for (final String name : expand(location, pattern, MOST_FILES - files.size()))
                    files.addAll(matching(location, name));
        }
        return List.copyOf(files);
    }

    private static List<String> expand(SourceLocation location, String pattern, int most) throws SourceException {
        try {
            return BraceExpansion.of(pattern, most, ESCAPES);
        } catch (BraceExpansion.TooManyException e) {
            throw new SourceException(location + ": " + pattern + " names more than " + MOST_FILES + " files", e);
        }
    }

    private static List<Path> matching(SourceLocation location, String name) throws SourceException {
        try {
            if (isFile(name))
                return List.of(FileName.path(name));
            final List<String> found = new ArrayList<>();
            if (isGlob(name))
                glob(name.startsWith("/") ? "/" : "", List.of(name.split("/+")), name.startsWith("/") ? 1 : 0, found);
            if (found.isEmpty())
                throw new SourceException(location + ": there is no file " + name);
            found.sort(FileName.ORDER);
            return found.stream().map(FileName::path).toList();
        } catch (IOException | InvalidPathException e) {
            throw new SourceException(location + ": " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Adds the files below {@code folder} that the parts from {@code part} on match.
     *
     * @param folder with its separator at the end; empty for the working directory
     */
    private static void glob(String folder, List<String> parts, int part, List<String> found) throws IOException {
        final String name = parts.get(part);
        final boolean last = part == parts.size() - 1;
        for (final String match : isGlob(name) ? entries(folder, name) : List.of(name))
            if (!last)
                glob(folder + match + "/", parts, part + 1, found);
            else if (isFile(folder + match))
                found.add(folder + match);
    }

    /** Names in {@code folder} that {@code pattern} matches; none where it is no folder. */
    private static List<String> entries(String folder, String pattern) throws IOException {
        final Path path = FileName.path(folder);
        final List<String> names = new ArrayList<>();
        if (!folder.isEmpty() && !Files.isDirectory(path))
            return names;
        final Pattern expression = expression(pattern);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (final Path entry : entries) {
                final String name = FileName.of(entry);
                if (expression.matcher(name).matches() && (pattern.startsWith(".") || !ImageNames.isForeign(name)))
                    names.add(name);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    static boolean isGlob(String name) {
        return name.indexOf('*') >= 0 || name.indexOf('?') >= 0 || name.indexOf('[') >= 0;
    }

    static Pattern expression(String glob) {
        final StringBuilder regex = new StringBuilder();
        for (int at = 0; at < glob.length(); at++) {
            final char c = glob.charAt(at);
            final int end = c == '[' ? glob.indexOf(']', at + 2) : -1;
            if (c == '*' || c == '?') {
                regex.append(c == '*' ? ".*" : ".");
            } else if (end > 0) {
                final String set = glob.substring(at + 1, end).replaceAll("([\\\\\\[\\]&^])", "\\\\$1");
                regex.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
                at = end;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    private static boolean isFile(String name) {
        try {
            return !name.isEmpty() && Files.isRegularFile(FileName.path(name));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
