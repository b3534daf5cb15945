package retort.trainer.model;

import static java.util.Map.entry;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import retort.trainer.engine.Program;

/**
 * TorchScript source of models, objectives and optimiser. One text serves training, evaluation and the checks against reference values.
 * Immutable. Call {@link #compile} on the engine's thread.
 */
public record Script(String source) {
    /** Values of attributes that the called methods do not read. A caller of {@link #compile} may leave them out. */
    private static final Map<String, Object> UNUSED = Map.ofEntries(
            entry("product", 6), entry("pooling", "avg"), entry("decoder_heads", 1), entry("decoder_depth", 0),
            entry("epsilon", VitVariant.EPSILON), entry("teacher_heads", 1), entry("teacher_epsilon", VitVariant.EPSILON),
            entry("teacher_depth", 0), entry("teacher_decoder_heads", 1), entry("teacher_decoder_depth", 0),
            entry("teacher_pooling", "avg"), entry("visible", 0),
            entry("teacher_visible", 0), entry("student_blocks", List.of()), entry("teacher_blocks", List.of()),
            entry("projection", "none"), entry("distance", "l1"), entry("beta", 1.0), entry("sum_channels", false),
            entry("unit_features", true), entry("standardized_targets", false), entry("standard_epsilon", 1e-6),
            entry("relations", List.of()), entry("head_adapter", false), entry("generator_depth", 0), entry("aligned", false),
            entry("mixed", false), entry("second_heads", 1),
            entry("second_epsilon", VitVariant.EPSILON), entry("second_depth", 0), entry("second_blocks", List.of()),
            entry("second_weight", 1.0),
            entry("attentive", false), entry("norm_pix", false),
            entry("first_weight", 1.0), entry("distillation_weight", 1.0), entry("generation_weight", 1.0),
            entry("classes", 0), entry("smoothing", 0.0),
            entry("temperature", 1.0), entry("micro_batches", 1), entry("clip", 0.0), entry("beta1", 0.9), entry("beta2", 0.95));

    /** The source that is packaged with this module, {@code dmae.py}. */
    public static Script bundled() {
        try (InputStream in = Objects.requireNonNull(Script.class.getResourceAsStream("dmae.py"), "dmae.py is not packaged")) {
            return new Script(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Compiles the source.
     *
     * @param attributes the program's configuration, by the names declared at its head
     * @return the program; the caller closes it
     * @throws IllegalArgumentException if the source does not compile
     */
    public Program compile(NDManager manager, Map<String, Object> attributes) {
        return Program.compile(manager, source, all(attributes));
    }

    /**
     * The archive that {@link #compile} loads, for other processes: {@code torch.jit.load} reads it in Python. Any thread.
     *
     * @param attributes the program's configuration, by the names declared at its head
     */
    public byte[] archive(Map<String, Object> attributes) {
        return Program.archive(source, all(attributes));
    }

    private static Map<String, Object> all(Map<String, Object> attributes) {
        final Map<String, Object> all = new TreeMap<>(UNUSED);
        all.putAll(attributes);
        return all;
    }
}
