package retort.evaluator;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import retort.settings.Section;

/**
 * The settings under {@code evaluator}; reference.conf describes them.
 *
 * @param heldPixels bytes
 * @param readBuffer bytes
 */
public record EvaluatorSettings(String id, String valStream, String probeStream, List<String> suites, boolean yardstick, Knn knn,
        long maskSeed, int batch, long heldPixels, long readBuffer, Duration timeout) {
    /** Names of the suites there are. */
    public static final List<String> SUITES = List.of("knn", "reconstruction", "classification");

    /** @param queryMemory bytes */
    public record Knn(int k, double temperature, int bankBlock, long queryMemory) {
        private static Knn from(Section section) {
            return new Knn(section.integer("k", 1, 10_000),
                    section.real("temperature", 0.01, 100), // below, a vote could overflow
                    section.integer("bank-block", 1, 1 << 20),
                    section.bytes("query-memory", 1 << 10, Integer.MAX_VALUE));
        }
    }

    public EvaluatorSettings {
        suites = List.copyOf(suites);
    }

    /** @throws retort.settings.SettingException names the key, the value and what is allowed */
    public static EvaluatorSettings from(Config whole) {
        final Section section = Section.of(whole, "evaluator");
        return new EvaluatorSettings(
                name(section, "id"),
                name(section.section("streams"), "val"),
                name(section.section("streams"), "probe"),
                suites(section),
                section.bool("yardstick"),
                Knn.from(section.section("knn")),
                section.section("reconstruction").number("mask-seed", Long.MIN_VALUE, Long.MAX_VALUE),
                section.integer("batch", 1, 1 << 16),
                section.bytes("held-pixels", 0, 1L << 40),
                section.bytes("read-buffer", 1 << 16, 1L << 40),
                section.duration("timeout", Duration.ofSeconds(1), Duration.ofHours(1)));
    }

    private static String name(Section section, String key) {
        final String name = section.string(key);
        if (name.isBlank())
            throw section.error(key, "\"\"", "must be a name");
        return name;
    }

    private static List<String> suites(Section section) {
        final List<String> suites = section.strings("suites");
        if (!SUITES.containsAll(suites) || suites.isEmpty() || new HashSet<>(suites).size() < suites.size())
            throw section.error("suites", suites, "must be some of " + SUITES + ", each once");
        return suites;
    }
}
