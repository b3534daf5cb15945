package retort.trainer.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import retort.place.BucketFiles;
import retort.place.PlaceException;

/**
 * The owners of a run in a bucket: one object each, {@code owners/000007-4f2a9c}, whose names sort by the time of their claim. The
 * last one owns the run. A name has random letters, so that two trainers that claim at one time differ also on a server that knows no
 * conditional writes. Stateless; blocks.
 */
record Owners(Path folder) {
    private static final String NAME = "\\d{6}-[0-9a-f]{6}";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MOST_TRIES = 20;

    static Owners of(Path run) {
        return new Owners(run.resolve("owners"));
    }

    /** Claims the run, and forgets the older owners. Returns the name of the new owner. */
    String claim() throws IOException {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            final List<String> older = names();
            final String name = "%06d-%06x".formatted(
                    older.isEmpty() ? 1 : Integer.parseInt(older.getLast().substring(0, 6)) + 1, RANDOM.nextInt(1 << 24));
            if (BucketFiles.create(folder.resolve(name), content(name)) && isLast(name)) {
                for (final String each : older)
                    Files.delete(folder.resolve(each));
                return name;
            }
            Files.delete(folder.resolve(name)); // another one has claimed the run at the same time
        }
        throw new PlaceException(folder + " cannot be claimed, because other trainers claim it again and again: stop them", null);
    }

    /** True if nobody has claimed the run after {@code owner}. */
    boolean isLast(String owner) throws IOException {
        final List<String> names = names();
        return !names.isEmpty() && names.getLast().equals(owner);
    }

    private List<String> names() throws IOException {
        final List<String> names = new ArrayList<>();
        try (Stream<Path> objects = Files.list(folder)) {
            objects.map(object -> object.getFileName().toString()).filter(name -> name.matches(NAME)).forEach(names::add);
        }
        Collections.sort(names);
        return names;
    }

    private static byte[] content(String name) {
        return (name + " " + Instant.now() + " process " + ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
