package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;

/**
 * One set of reference values: a JSON file and its tensors. The sets are those of the folder {@code -Dgolden.dir}, or else the bundled ones
 * of this module and of the trainer.
 */
public record GoldenSet(Path folder, JsonNode json, Map<String, HostTensor> tensors) {
    /** The sets of a kind. Empty if a folder that was given holds none. */
    public static List<GoldenSet> ofKind(String kind) {
        final String given = System.getProperty("golden.dir", "");
        return given.isEmpty() ? bundled(kind) : in(Path.of(given), kind);
    }

    /** The bundled sets of a kind, even if another folder was given. There is one at least. */
    public static List<GoldenSet> bundled(String kind) {
        final Path root = Path.of(System.getProperty("retort.root", ".."));
        final List<GoldenSet> sets = Stream.of("evaluator", "trainer")
                .flatMap(module -> in(root.resolve(module).resolve("src/test/resources/golden"), kind).stream()).toList();
        if (sets.isEmpty())
            throw new AssertionError("no bundled golden set is of kind " + kind);
        return sets;
    }

    private static List<GoldenSet> in(Path folder, String kind) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().map(GoldenSet::json)
                    .filter(json -> json.path("kind").asText().equals(kind))
                    .map(json -> new GoldenSet(folder, json, SafeTensors.read(folder.resolve(json.required("tensors").asText()))))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode json(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int number(String name) {
        return json.required(name).intValue();
    }

    /** The largest allowed distance of a value of {@code what}. */
    public double tolerance(String what, double expected) {
        final JsonNode tolerance = json.required("tolerance").required(what);
        return tolerance.path("abs").asDouble(0) + tolerance.path("rel").asDouble(0) * Math.abs(expected);
    }

    /** Values of a tensor of float32 or float64. */
    public float[] floats(String name) {
        final HostTensor tensor = tensor(name);
        if (tensor.dtype() == DType.F32)
            return tensor.floats();
        final float[] values = new float[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < values.length; i++)
            values[i] = (float) tensor.view().getDouble(i * Double.BYTES);
        return values;
    }

    /** Values of a tensor of int64 or int32. */
    public int[] integers(String name) {
        final HostTensor tensor = tensor(name);
        return IntStream.range(0, Math.toIntExact(tensor.elements())).map(i -> tensor.dtype() == DType.I64
                ? Math.toIntExact(tensor.view().getLong(i * Long.BYTES))
                : tensor.view().getInt(i * Integer.BYTES)).toArray();
    }

    /** Compares values with those of the tensor {@code name}, within the tolerance of {@code what}. */
    public void requireClose(String name, float[] got, String what) {
        final float[] expected = floats(name);
        assertThat(got).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < got.length; i++)
            assertThat((double) got[i]).as("%s: %s[%d]", this, name, i).isCloseTo(expected[i],
                    within(tolerance(what, expected[i])));
    }

    private HostTensor tensor(String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    @Override
    public String toString() {
        return json.required("name").asText();
    }
}
