package retort.ingest.source.watch;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import retort.ingest.source.FileName;
import retort.ingest.source.ImageNames;
import retort.ingest.source.PassedOver;

/**
 * Looks for files that are new and complete. A file is complete if its size and time of change have stayed the same for the settling time,
 * or if it was changed more than a minute ago. Files that begin with a dot or do not end like an image are passed over, so that a writer
 * may use such a name until the file is whole and then rename it. A folder is listed again only if its own time of change tells of a new
 * entry, or while a file in it settles. This works on every file system, mounted ones too. Confined to one thread.
 */
final class FolderScan {
    private static final Duration LONG_COMPLETE = Duration.ofMinutes(1);
    /** Times of change are coarse: a folder that changed just now may change again under the same time. */
    private static final Duration COARSE = Duration.ofSeconds(3);
    /** The largest number of files in one scan. It bounds memory if a million files are there already. */
    private static final int MOST = 10_000;

    private record Growing(long size, FileTime changed, long sinceNanos) {
    }

    private record Arrival(String path, FileTime changed) {
    }

    /** The state of one folder. */
    private static final class Folder {
        /** Its path below the root, with {@code /} after each name. */
        private final String below;
        private FileTime listedAt = FileTime.fromMillis(-1);
        private Map<String, Growing> growing = Map.of();

        Folder(String below) {
            this.below = below;
        }
    }

    private final Path root;
    private final Duration settle;
    private final Journal journal;
    private final PassedOver passedOver;
    /** The entries that {@code passedOver} has counted. A folder is listed many times, and each entry counts once. */
    private final PathSet counted = new PathSet();
    private final TreeMap<Path, Folder> folders = new TreeMap<>();

    FolderScan(Path root, Duration settle, Journal journal, PassedOver passedOver) {
        this.root = root;
        this.settle = settle;
        this.journal = journal;
        this.passedOver = passedOver;
        folders.put(root, new Folder(""));
    }

    /** New complete files below the root, relative to it with {@code /} between names, by time of change and then by name. */
    List<String> arrivals() throws IOException {
        final List<Arrival> arrived = new ArrayList<>();
        // a folder sorts before those in it, so that folders which it finds are looked at in the same round
        for (Path path = root; path != null && arrived.size() < MOST; path = folders.higherKey(path))
            look(path, requireNonNull(folders.get(path)), arrived);
        arrived.sort(Comparator.comparing(Arrival::changed).thenComparing(Arrival::path, FileName.ORDER));
        return arrived.stream().map(Arrival::path).toList();
    }

    private void look(Path path, Folder folder, List<Arrival> arrived) throws IOException {
        if (!Files.isDirectory(path)) {
            if (path.equals(root))
                throw new IOException(root + " is gone");
            folders.remove(path);
            return;
        }
        final FileTime changed = Files.getLastModifiedTime(path);
        if (changed.equals(folder.listedAt) && folder.growing.isEmpty())
            return;
        final Map<String, Growing> growing = new HashMap<>();
        boolean all = true;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (final Path entry : entries)
                if (arrived.size() < MOST && growing.size() < MOST)
                    look(entry, folder, growing, arrived);
                else
                    all = false;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        folder.growing = growing;
        final boolean settled = changed.toInstant().isBefore(Instant.now().minus(COARSE));
        folder.listedAt = all && settled ? changed : FileTime.fromMillis(-1);
    }

    private void look(Path entry, Folder folder, Map<String, Growing> growing, List<Arrival> arrived) {
        final String name = FileName.of(entry);
        final String path = folder.below + name;
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            if (ImageNames.isForeign(name))
                passOver(path, ImageNames.FOREIGN_FOLDER);
            else
                folders.putIfAbsent(entry, new Folder(folder.below + name + "/"));
            return;
        }
        final Optional<String> reason = ImageNames.reason(name);
        if (reason.isPresent() && !path.equals(Journal.NAME))
            passOver(path, reason.get());
        if (reason.isPresent() || journal.holds(path))
            return;
        final BasicFileAttributes now;
        try {
            now = Files.readAttributes(entry, BasicFileAttributes.class);
        } catch (IOException gone) {
            return;
        }
        if (!now.isRegularFile()) {
            passOver(path, "neither a file nor a folder");
            return;
        }
        final Growing last = folder.growing.get(name);
        final boolean same = last != null && last.size() == now.size() && last.changed().equals(now.lastModifiedTime());
        final Growing present = last != null && same ? last : new Growing(now.size(), now.lastModifiedTime(), System.nanoTime());
        if (same && System.nanoTime() - present.sinceNanos() >= settle.toNanos()
                || now.lastModifiedTime().toInstant().isBefore(Instant.now().minus(LONG_COMPLETE)))
            arrived.add(new Arrival(path, now.lastModifiedTime()));
        else
            growing.put(name, present);
    }

    private void passOver(String path, String reason) {
        if (counted.contains(path))
            return;
        counted.add(path);
        passedOver.add(reason);
    }
}
