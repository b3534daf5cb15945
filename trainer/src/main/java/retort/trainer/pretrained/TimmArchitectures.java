package retort.trainer.pretrained;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import retort.trainer.model.Mlp;
import retort.trainer.weights.WeightsException;

/**
 * The architectures of timm whose tensors have the names of a plain vision transformer. Several of them have the same tensors and compute
 * different functions, so the name of the architecture is the only place that tells the function. Read once; any thread.
 */
final class TimmArchitectures {
    /** A name for an encoder that is in no list of timm: the computation of timm's VisionTransformer with its default arguments. */
    static final String PLAIN = "vit";
    private static final Map<String, Entry> ALL = read();

    /** @param refused the reason why it cannot be computed; "-" if it can */
    private record Entry(int width, Hints hints, String refused) {
    }

    private TimmArchitectures() {
    }

    /**
     * The facts about an architecture.
     *
     * @param name timm's name; a tag after a point is left out
     * @param width width that the architecture must have; empty for any, because an argument may change it
     * @return empty if the name is not known, or belongs to another width
     * @throws WeightsException if the architecture cannot be computed
     */
    static Optional<Hints> find(String name, OptionalInt width) {
        final String plain = name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
        if (plain.equals(PLAIN))
            return Optional.of(new Hints(OptionalInt.empty(), OptionalDouble.empty(), Optional.of(Mlp.GELU),
                    ConfigJson.AS_TIMM, true));
        final Entry entry = ALL.get(plain);
        if (entry == null && plain.matches(".*(rope|eva02|dinov3|_pe_).*"))
            throw refused(plain, "rotary positions");
        if (entry == null || width.isPresent() && width.getAsInt() != entry.width)
            return Optional.empty();
        if (!entry.refused.equals("-"))
            throw refused(plain, entry.refused);
        return Optional.of(entry.hints);
    }

    private static WeightsException refused(String name, String reason) {
        return new WeightsException("config.json says that it is a " + name + ", which has " + reason
                + ": these are not supported");
    }

    private static Map<String, Entry> read() {
        try (InputStream in = TimmArchitectures.class.getResourceAsStream("timm.tsv")) {
            if (in == null)
                throw new IllegalStateException("timm.tsv is not in the jar");
            final Map<String, Entry> all = new HashMap<>();
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines().filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t")).forEach(row -> all.put(row[0], new Entry(Integer.parseInt(row[1]),
                            new Hints(OptionalInt.of(Integer.parseInt(row[2])),
                                    OptionalDouble.of(Double.parseDouble(row[4])), ConfigJson.mlp(row[3]), ConfigJson.AS_TIMM,
                                    true),
                            row[5])));
            return Map.copyOf(all);
        } catch (IOException e) {
            throw new UncheckedIOException("timm.tsv cannot be read from the jar: " + e.getMessage(), e);
        }
    }
}
