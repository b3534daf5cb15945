package retort.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * One set of reference values: a JSON file, and the files beside it that it names. The sets are in the folder that the system property
 * {@code golden.dir} names, or else in the test resources.
 */
public record GoldenSet(Path directory, JsonNode json) {
    private static final String SETS = "/golden";
    private static final String PROPERTY = "golden.dir";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** All sets of a kind in the folder. Empty if the folder holds none. */
    public static List<GoldenSet> ofKind(String kind) {
        return ofKind(kind, folder());
    }

    /** All bundled sets of a kind, even if {@code golden.dir} names another folder. */
    public static List<GoldenSet> bundledOfKind(String kind) {
        return ofKind(kind, resources(SETS));
    }

    /** The sets of this project's own reference for the methods. They are the bundled ones, always. */
    public static List<GoldenSet> methods() {
        return ofKind("method", resources("/golden-methods"));
    }

    private static List<GoldenSet> ofKind(String kind, Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().map(GoldenSet::read)
                    .filter(set -> set.kind().equals(kind)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All sets of the folder. Other JSON files, such as a manifest, have no kind and are left out. */
    public static List<GoldenSet> all() {
        final Path directory = folder();
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().map(GoldenSet::read)
                    .filter(set -> !set.kind().isEmpty()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return true if the sets are the bundled ones */
    public static boolean isBundled() {
        return System.getProperty(PROPERTY, "").isEmpty();
    }

    public String kind() {
        return json.path("kind").asText();
    }

    public String name() {
        return json.required("name").asText();
    }

    public Path file(String relative) {
        return directory.resolve(relative);
    }

    /** Prints a line about a set that has passed. {@code worstShare} is the largest deviation, as a share of its tolerance. */
    public void passed(long compared, double worstShare) {
        System.out.printf("golden %-20s %-28s %,12d values, worst %.3f of the tolerance%n", json.path("kind").asText(), name(),
                compared, worstShare);
    }

    private static Path folder() {
        return isBundled() ? resources(SETS) : folder(Path.of(System.getProperty(PROPERTY)));
    }

    private static Path resources(String folder) {
        try {
            return Path.of(GoldenSet.class.getResource(folder).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The folder itself, or the folder of this name below the root of the build. */
    private static Path folder(Path given) {
        if (Files.isDirectory(given))
            return given;
        final Path fromRoot = Path.of(System.getProperty("retort.root", "")).resolve(given);
        if (!Files.isDirectory(fromRoot))
            throw new AssertionError(
                    "golden.dir = " + given + " is no folder, neither here nor under " + fromRoot.toAbsolutePath());
        return fromRoot;
    }

    private static GoldenSet read(Path file) {
        try {
            return new GoldenSet(file.getParent(), JSON.readTree(file.toFile()));
        } catch (IOException e) {
            throw new AssertionError("golden set " + file + " is no sound JSON: " + e.getMessage(), e);
        }
    }
}
