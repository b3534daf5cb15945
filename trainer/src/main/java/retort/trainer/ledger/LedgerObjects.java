package retort.trainer.ledger;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import retort.place.BucketFiles;
import retort.place.PlaceException;

/**
 * A ledger in a bucket. Its objects are never changed: each owner of the run begins with one of all lines that it keeps,
 * {@code ledger/OWNER.000000.txt}, and every flush adds one of the lines since the flush before. The ledger is the objects of the last
 * owner that has begun, in the order of their numbers. So an older owner that is not yet aware of a newer one cannot change it.
 */
final class LedgerObjects implements LedgerFile {
    private static final Pattern NAME = Pattern.compile("(.+)\\.(\\d{6,9})\\.txt");
    /** Lines that are kept in memory before they become an object. */
    private static final int MOST_BYTES = 1 << 20;

    private final Path folder;
    private final String owner;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private int number;

    private LedgerObjects(Path folder, String owner) {
        this.folder = folder;
        this.owner = owner;
    }

    static Path folder(Path run) {
        return run.resolve("ledger");
    }

    /** The objects by number, by owner, also those that make no ledger. */
    private static NavigableMap<String, NavigableMap<Integer, Path>> objects(Path run) throws IOException {
        final NavigableMap<String, NavigableMap<Integer, Path>> objects = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder(run))) {
            all.forEach(object -> {
                final Matcher name = NAME.matcher(object.getFileName().toString());
                if (name.matches())
                    objects.computeIfAbsent(name.group(1), fresh -> new TreeMap<>()).put(Integer.valueOf(name.group(2)), object);
            });
        }
        return objects;
    }

    /** All bytes; empty if there is no ledger. */
    static Optional<byte[]> read(Path run) throws IOException {
        final NavigableMap<String, NavigableMap<Integer, Path>> objects = objects(run);
        objects.values().removeIf(numbered -> !numbered.containsKey(0)); // what an older owner has added after the newer one's begin
        if (objects.isEmpty())
            return Optional.empty();
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (final Path object : objects.lastEntry().getValue().values())
            bytes.write(Files.readAllBytes(object));
        return Optional.of(bytes.toByteArray());
    }

    /** @param owner the owner of the run */
    static LedgerObjects create(Path run, String owner, byte[] begin) throws IOException {
        if (owner.isEmpty())
            throw new IllegalStateException("nobody has claimed the run in " + run);
        final NavigableMap<String, NavigableMap<Integer, Path>> older = objects(run);
        final LedgerObjects ledger = new LedgerObjects(folder(run), owner);
        ledger.put(begin);
        for (final NavigableMap<Integer, Path> numbered : older.headMap(owner, false).values())
            for (final Path object : numbered.descendingMap().values()) // the first one comes last, because it makes them a ledger
                Files.delete(object);
        return ledger;
    }

    private void put(byte[] bytes) throws IOException {
        final Path object = folder.resolve("%s.%06d.txt".formatted(owner, number));
        if (!BucketFiles.create(object, bytes))
            throw new PlaceException(object + " was written by another trainer: let one trainer alone have this run", null);
        number++;
    }

    @Override
    public void append(byte[] line) throws IOException {
        lines.write(line);
        if (lines.size() >= MOST_BYTES)
            flush();
    }

    @Override
    public void flush() throws IOException {
        if (lines.size() == 0)
            return;
        put(lines.toByteArray());
        lines.reset();
    }

    /** Lines that were not flushed are of steps that no checkpoint holds, and that come again. */
    @Override
    public void close() {
        lines.reset();
    }
}
