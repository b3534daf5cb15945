package retort.trainer.pretrained;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import retort.trainer.model.Mlp;
import retort.trainer.model.PositionGrid;
import retort.trainer.weights.WeightsException;

/** The {@code config.json} that Hugging Face, timm and {@code retort export} put beside weights. */
final class ConfigJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MAX_BYTES = 1 << 20;

    /** Hugging Face resizes position tables as MAE does, except those of DINOv2 with registers. */
    private static final Optional<PositionGrid.Way> AS_MAE = Optional.of(PositionGrid.Way.MAE);
    static final Optional<PositionGrid.Way> AS_TIMM = Optional.of(PositionGrid.Way.TIMM);

    /** Facts that Hugging Face leaves out of config.json if they are the defaults of the class. */
    private static final Map<String, Hints> DEFAULTS = Map.of("clip_vision_model",
            new Hints(OptionalInt.of(12), OptionalDouble.of(1e-5), Optional.of(Mlp.QUICK_GELU), AS_MAE, true),
            "siglip_vision_model",
            new Hints(OptionalInt.of(12), OptionalDouble.of(1e-6), Optional.of(Mlp.TANH_GELU), AS_MAE, true));
    private static final int DEFAULT_WIDTH = 768;

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
            final Hints defaults = DEFAULTS.getOrDefault(encoder.path("model_type").asText(), Hints.NONE);
            if (encoder.path("hidden_size").asInt(defaults.isNamed() ? DEFAULT_WIDTH : 0) == width)
                return huggingFace(encoder).or(defaults);
            final JsonNode arguments = whole.path("model_args");
            return arguments.path("embed_dim").asInt(whole.path("num_features").asInt()) == width
                    ? timm(whole.path("architecture").asText(), arguments, width)
                    : Hints.NONE;
        } catch (IOException e) {
            throw new WeightsException(file + " cannot be read: " + e.getMessage() + ": mend it, or put the weights elsewhere",
                    e);
        }
    }

    private static Hints huggingFace(JsonNode config) {
        return new Hints(integer(config.path("num_attention_heads")), real(config.path("layer_norm_eps")),
                mlp(config.path("hidden_act").asText()),
                config.path("model_type").asText().equals("dinov2_with_registers") ? AS_TIMM : AS_MAE, true);
    }

    /** The arguments of a model have priority over its architecture. */
    private static Hints timm(String architecture, JsonNode arguments, int width) {
        final Hints given = new Hints(integer(arguments.path("num_heads")), real(arguments.path("norm_eps")),
                mlp(arguments.path("act_layer").asText()));
        if (arguments.path("use_rot_pos_emb").asBoolean())
            throw new WeightsException("config.json sets use_rot_pos_emb: rotary positions are not supported");
        return given
                .or(TimmArchitectures.find(architecture, arguments.has("embed_dim") ? OptionalInt.empty() : OptionalInt.of(width))
                        .orElse(Hints.NONE));
    }

    /**
     * The MLP that a library calls {@code activation}; empty if the text is empty, or the tensors show the MLP.
     *
     * @throws WeightsException if the activation is not supported
     */
    static Optional<Mlp> mlp(String activation) {
        return switch (activation) {
            case "gelu" -> Optional.of(Mlp.GELU);
            case "quick_gelu" -> Optional.of(Mlp.QUICK_GELU);
            case "gelu_tanh", "gelu_pytorch_tanh", "gelu_new" -> Optional.of(Mlp.TANH_GELU);
            case "" -> Optional.empty();
            case "silu", "swiglu" -> Optional.empty(); // the tensors of a SwiGLU show it
            default -> throw new WeightsException("config.json says that its activation is " + activation
                    + ": gelu, quick_gelu and gelu_pytorch_tanh are supported");
        };
    }

    private static OptionalInt integer(JsonNode value) {
        return value.isInt() ? OptionalInt.of(value.asInt()) : OptionalInt.empty();
    }

    private static OptionalDouble real(JsonNode value) {
        return value.isNumber() ? OptionalDouble.of(value.asDouble()) : OptionalDouble.empty();
    }
}
