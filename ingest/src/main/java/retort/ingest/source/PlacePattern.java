package retort.ingest.source;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import retort.place.PlaceException;
import retort.place.Places;

/**
 * The part of {@link FilePattern} for {@code s3://} and {@code https://}. The paths are pinned to the objects that are there now: a later
 * read of an object that was replaced fails.
 */
final class PlacePattern {
    /** Requests at one time: a thousand shards are found within seconds, and no server is flooded. */
    private static final int AT_ONCE = 32;

    private PlacePattern() {
    }

    /**
     * @param names addresses whose braces are expanded
     * @throws SourceException if one is missing, or nothing matches
     */
    static List<Path> files(SourceLocation location, List<String> names) throws SourceException {
        final Semaphore free = new Semaphore(AT_ONCE);
        final List<Future<List<Path>>> found = new ArrayList<>();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("retort-find").factory())) {
            for (final String name : names)
                found.add(threads.submit(limited(free, () -> matching(location, name))));
            final List<Path> all = new ArrayList<>();
            for (final Future<List<Path>> one : found)
                all.addAll(one.get());
            return all;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PlaceException cause)
                throw cause;
            throw e.getCause() instanceof SourceException cause ? cause : new SourceException(location + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException(location + ": opening it was interrupted", e);
        }
    }

    private static Callable<List<Path>> limited(Semaphore free, Callable<List<Path>> task) {
        return () -> {
            free.acquire();
            try {
                return task.call();
            } finally {
                free.release();
            }
        };
    }

    private static List<Path> matching(SourceLocation location, String name) throws SourceException {
        try {
            if (Places.isWeb(name) || !FilePattern.isGlob(name))
                return List.of(Places.pinned(location.file(name)));
            final int root = name.indexOf('/', "s3://".length()) + 1;
            final List<Path> found = new ArrayList<>();
            if (root > 0)
                glob(location.file(name.substring(0, root)), List.of(name.substring(root).split("/", -1)), 0, found);
            if (found.isEmpty())
                throw new NoSuchFileException(name);
            found.sort(Comparator.comparing(Path::toString, FileName.ORDER));
            return found;
        } catch (NoSuchFileException e) {
            throw new SourceException(location + ": there is no file " + Places.shown(name) + (isStarOfWeb(name)
                    ? "; a web server lists nothing, so * stands for itself: name each file, such as shard-{000..009}.tar"
                    : ""), e);
        } catch (IOException e) {
            throw new SourceException(location + ": " + Places.shown(name) + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean isStarOfWeb(String name) {
        return Places.isWeb(name) && name.replaceFirst("[?].*", "").indexOf('*') >= 0;
    }

    /** Adds the objects below {@code folder} that the parts from {@code part} on match. */
    private static void glob(Path folder, List<String> parts, int part, List<Path> found) throws IOException {
        final String name = parts.get(part);
        final boolean last = part == parts.size() - 1;
        if (!FilePattern.isGlob(name)) {
            final Path next = folder.resolve(name);
            if (!last)
                glob(next, parts, part + 1, found);
            else if (Files.isRegularFile(next))
                found.add(Places.pinned(next));
            return;
        }
        final Pattern expression = FilePattern.expression(name);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, entry -> matches(entry, name, expression))) {
            for (final Path entry : entries)
                if (!last && Files.isDirectory(entry))
                    glob(entry, parts, part + 1, found);
                else if (last && Files.isRegularFile(entry))
                    found.add(entry);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static boolean matches(Path entry, String glob, Pattern expression) {
        final String name = FileName.of(entry);
        return expression.matcher(name).matches() && (glob.startsWith(".") || !ImageNames.isForeign(name));
    }
}
