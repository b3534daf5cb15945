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
 * One set of reference values: a json, and the files it names beside it. Read from the folder that the system property
 * {@code golden.dir} names, or from the test resources.
 */
public record GoldenSet(Path directory, JsonNode json) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** All sets of a kind in the folder; none where another folder holds none. */
    public static List<GoldenSet> ofKind(String kind) {
        final Path directory = folder();
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().map(GoldenSet::read)
                    .filter(set -> set.json().path("kind").asText().equals(kind)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String name() {
        return json.required("name").asText();
    }

    public Path file(String relative) {
        return directory.resolve(relative);
    }

    /** What a person sees of a passed set. The worst value took {@code worstShare} of its tolerance. */
    public void passed(long compared, double worstShare) {
        System.out.printf("golden %-20s %-28s %,12d values, worst %.3f of the tolerance%n", json.path("kind").asText(), name(),
                compared, worstShare);
    }

    private static Path folder() {
        final String given = System.getProperty("golden.dir", "");
        if (!given.isEmpty())
            return Path.of(given);
        try {
            return Path.of(GoldenSet.class.getResource("/golden").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GoldenSet read(Path file) {
        try {
            return new GoldenSet(file.getParent(), JSON.readTree(file.toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
