package retort.ingest.golden;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** Finds the golden sets of a kind: the bundled sets, or the sets of {@code -Dgolden.dir=DIR}. */
public final class Golden {
    private Golden() {
    }

    /** The JSON of one set, and the folder that its file names are relative to. */
    public record Set(Path folder, Config json) {
        public String name() {
            return json.getString("name");
        }

        /**
         * Prints one line for people.
         *
         * @param worst the largest deviation, as a share of its tolerance
         */
        public void report(String what, long values, double worst) {
            System.out.printf(Locale.ROOT, "golden %s %s: %s, %d values, worst %.3f of tolerance%n", json.getString("kind"),
                    name(), what, values, worst);
        }
    }

    /** The sets of {@code kind}. Empty if the folder has none. */
    public static List<Set> sets(String kind) {
        final Path folder = folder();
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json") && !file.endsWith("manifest.json")).sorted()
                    .map(file -> new Set(folder, ConfigFactory.parseFile(file.toFile())))
                    .filter(set -> set.json.hasPath("kind") && set.json.getString("kind").equals(kind)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder() {
        final String given = System.getProperty("golden.dir", "");
        if (!given.isEmpty())
            return Path.of(given);
        final URL bundled = Objects.requireNonNull(Golden.class.getResource("/golden"), "no bundled golden sets");
        try {
            return Path.of(bundled.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
