package retort.trainer.pretrained;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import retort.trainer.model.Mlp;
import retort.trainer.weights.WeightsException;

/** The {@code config.json} that Hugging Face, timm and {@code retort export} put beside weights. */
final class ConfigJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MAX_BYTES = 1 << 20;

    private ConfigJson() {
    }

    /**
     * Reads the facts about an encoder of {@code width}. There are none if the file is absent, or if it describes another width, because a
     * folder may hold files of several models.
     *
     * @throws WeightsException if the file cannot be read, or describes an encoder that is not supported
     */
    static Hints beside(Path weights, int width) {
        final Path file = weights.resolveSibling("config.json");
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES)
                return Hints.NONE;
            final JsonNode whole = JSON.readTree(Files.readAllBytes(file));
            final JsonNode encoder = whole.has("vision_config") ? whole.get("vision_config") : whole;
            if (encoder.path("hidden_size").asInt() == width)
                return huggingFace(encoder);
            final JsonNode timm = whole.path("model_args");
            return timm.path("embed_dim").asInt() == width ? timm(whole.path("architecture").asText(), timm) : Hints.NONE;
        } catch (IOException e) {
            throw new WeightsException(file + " cannot be read: " + e.getMessage() + ": mend it, or put the weights elsewhere",
                    e);
        }
    }

    private static Hints huggingFace(JsonNode config) {
        return new Hints(integer(config.path("num_attention_heads")), real(config.path("layer_norm_eps")),
                mlp(config.path("hidden_act").asText()));
    }

    private static Hints timm(String architecture, JsonNode arguments) {
        if (architecture.contains("rope") || architecture.contains("eva02")) // no tensor tells, because timm does not store their tables
            throw new WeightsException("config.json says that it is a " + architecture
                    + ": rotary positions are not supported");
        return new Hints(integer(arguments.path("num_heads")), real(arguments.path("norm_eps")),
                mlp(architecture.contains("quickgelu") ? "quick_gelu" : arguments.path("act_layer").asText()));
    }

    private static Optional<Mlp> mlp(String activation) {
        return switch (activation) {
            case "gelu" -> Optional.of(Mlp.GELU);
            case "quick_gelu" -> Optional.of(Mlp.QUICK_GELU);
            case "" -> Optional.empty();
            case "silu", "swiglu" -> Optional.empty(); // the tensors of a SwiGLU show it
            default -> throw new WeightsException("config.json says that its activation is " + activation
                    + ": gelu and quick_gelu are supported");
        };
    }

    private static OptionalInt integer(JsonNode value) {
        return value.isInt() ? OptionalInt.of(value.asInt()) : OptionalInt.empty();
    }

    private static OptionalDouble real(JsonNode value) {
        return value.isNumber() ? OptionalDouble.of(value.asDouble()) : OptionalDouble.empty();
    }
}
