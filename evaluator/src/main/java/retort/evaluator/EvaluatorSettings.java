package retort.evaluator;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import retort.evaluator.suite.Figure;
import retort.evaluator.suite.Suites;
import retort.settings.Section;

/**
 * The settings under {@code evaluator} that belong to no suite; reference.conf describes them.
 *
 * @param id name of this evaluator; its transactional id contains it
 * @param group name of the evaluators that share the work; empty for an evaluator that does all of it
 * @param gates gates by name of the suite
 * @param share share of the engine's time that evaluation takes while training wants it, too
 * @param subsetSeed decides the part of the images that a suite with {@code subset} scores
 * @param streams name of the stream of each role
 * @param suites registered names, in the order in which a checkpoint is scored
 * @param yardstick true if the raw pixels are scored, too
 * @param batch number of images in a block
 * @param heldPixels largest number of pixel bytes of a stream that is kept in memory
 * @param readBuffer bytes that each pass over a stream fetches ahead
 * @param tensorboard the folder for TensorBoard event files; empty for none
 * @param timeout longest time of a blocking call to the broker
 */
public record EvaluatorSettings(String id, Optional<String> group, Map<String, List<Gate>> gates, double share, long subsetSeed,
        SortedMap<String, String> streams, List<String> suites, boolean yardstick, int batch,
        long heldPixels, long readBuffer, Optional<Path> tensorboard, Duration timeout) {
    private static final String SUITES = "suites";

    public EvaluatorSettings {
        streams = Collections.unmodifiableSortedMap(new TreeMap<>(streams));
        suites = List.copyOf(suites);
        gates = Map.copyOf(gates);
    }

    /** @throws retort.settings.SettingException if a value is not allowed; the message names the key, the value and the allowed values */
    public static EvaluatorSettings from(Config whole) {
        final Section section = Section.of(whole, "evaluator");
        return new EvaluatorSettings(
                name(section, "id"),
                section.optionalString("group"),
                Gate.all(section, figures()),
                section.real("share", 0.01, 1),
                section.number("subset-seed", Long.MIN_VALUE, Long.MAX_VALUE),
                streams(section.section("streams"), whole.getConfig("evaluator.streams").root().keySet()),
                suites(section, Suites.registered().keySet()),
                section.bool("yardstick"),
                section.integer("batch", 1, 1 << 16),
                section.bytes("held-pixels", 0, 1L << 40),
                section.bytes("read-buffer", 1 << 16, 1L << 40),
                section.optionalString("tensorboard").map(Path::of),
                section.duration("timeout", Duration.ofSeconds(1), Duration.ofHours(1)));
    }

    private static Map<String, Figure> figures() {
        final Map<String, Figure> figures = new LinkedHashMap<>();
        Suites.registered().forEach((name, factory) -> figures.put(name, factory.description().figure()));
        return figures;
    }

    private static String name(Section section, String key) {
        final String name = section.string(key);
        if (name.isBlank())
            throw section.error(key, "\"\"", "must be a name");
        return name;
    }

    private static SortedMap<String, String> streams(Section section, Collection<String> roles) {
        final SortedMap<String, String> streams = new TreeMap<>();
        roles.forEach(role -> streams.put(role, name(section, role)));
        return streams;
    }

    private static List<String> suites(Section section, Collection<String> known) {
        final List<String> suites = section.strings(SUITES);
        if (!known.containsAll(suites) || suites.isEmpty() || new HashSet<>(suites).size() < suites.size())
            throw section.error(SUITES, suites, "must be some of " + known + ", each once");
        return suites;
    }
}
