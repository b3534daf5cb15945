package retort.trainer.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import retort.trainer.model.Mlp;
import retort.trainer.model.Pooling;
import retort.trainer.model.VitShape;
import retort.trainer.model.VitVariant;
import retort.trainer.pretrained.PretrainedEncoder;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.StateDictFit;
import retort.trainer.weights.WeightsException;

/**
 * An encoder as timm's {@code VisionTransformer} holds it.
 *
 * @param architecture the name for {@code timm.create_model}
 * @param arguments the keyword arguments that change this architecture: numbers, truth values, texts, or an empty Optional for None
 * @param tensors all tensors of the model, under timm's names
 * @param leftOut names of tensors that timm has no place for: decoder, mask token, projection heads
 * @param shape shape of the encoder
 */
record TimmModel(String architecture, Map<String, Object> arguments, Map<String, HostTensor> tensors,
        SortedSet<String> leftOut, VitShape shape) implements ExportedModel {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** timm's own names of the plain shapes for images of 224 pixels. */
    private static final Map<String, String> PUBLISHED = Map.of("192/12/3/16", "vit_tiny_patch16_224", "384/12/6/16",
            "vit_small_patch16_224", "768/12/12/16", "vit_base_patch16_224", "1024/24/16/16", "vit_large_patch16_224",
            "1280/32/16/14", "vit_huge_patch14_224");

    /** Epsilon of the norms of timm's CLIP models, the only one besides {@link VitVariant#EPSILON} that an argument cannot set. */
    private static final double CLIP_EPSILON = 1e-5;

    /**
     * Finds the model of timm for an encoder.
     *
     * @param pooling pooling of the classifier; if it is empty, an fc_norm means the mean, and a head without fc_norm the class token
     * @param newHead number of classes of a new head, all zeros like a new head of timm; empty for no new head
     * @param source origin of the weights, for messages
     * @throws WeightsException if timm has no such model, or the encoder that is to get a new head has a head already
     */
    static TimmModel of(PretrainedEncoder encoder, Optional<Pooling> pooling, OptionalInt newHead, String source) {
        final Map<String, HostTensor> tensors = timmForm(encoder);
        final VitShape vit = encoder.shape();
        final HostTensor head = tensors.get("head.weight");
        if (newHead.isPresent() && head != null)
            throw new WeightsException(source + " has a head of " + head.shape()[0] + " classes already: add none");
        newHead.ifPresent(classes -> {
            tensors.put("head.weight", HostTensor.ofFloats(new float[classes * vit.width()], classes, vit.width()));
            tensors.put("head.bias", HostTensor.ofFloats(new float[classes], classes));
        });
        final int classes = newHead.orElse(head == null || head.shape().length != 2 ? 0 : Math.toIntExact(head.shape()[0]));
        final boolean fcNorm = tensors.containsKey("fc_norm.weight");
        final boolean token = pooling.map(Pooling.CLASS::equals).orElse(!fcNorm && head != null) && vit.variant().classToken();
        final String architecture = architecture(vit);
        final Map<String, Object> arguments = arguments(vit, architecture);
        arguments.put("num_classes", classes);
        if (!token)
            arguments.put("global_pool", "avg");
        if (!token && !fcNorm)
            arguments.put("fc_norm", false);
        final StateDictFit fit = StateDictFit.of(tensors, places(tensors, vit, classes, !token && fcNorm));
        final StateDictFit whole = fit.allowing(List.of(), PretrainedEncoder.LEFT_OVER);
        return new TimmModel(architecture, arguments,
                whole.orRefuse(source, "timm's VisionTransformer"), fit.unexpected(), vit);
    }

    private static String architecture(VitShape vit) {
        final VitVariant variant = vit.variant();
        if (variant.mlp() == Mlp.SWIGLU && variant.epsilon() == VitVariant.EPSILON)
            return "vit_giant_patch14_dinov2";
        if (variant.mlp() != Mlp.SWIGLU && variant.epsilon() == CLIP_EPSILON)
            return variant.mlp() == Mlp.QUICK_GELU ? "vit_base_patch16_clip_quickgelu_224" : "vit_base_patch16_clip_224";
        if (variant.epsilon() != VitVariant.EPSILON)
            throw new WeightsException("timm has no Vision Transformer with an epsilon of " + variant.epsilon() + " and the MLP "
                    + variant.mlp() + ": this encoder cannot be exported for timm"
                    + (variant.mlp() == Mlp.SWIGLU ? "" : "; --for transformers writes it for transformers"));
        final boolean plain = variant.equals(VitVariant.plain(vit.width())) && vit.channels() == 3 && vit.image() == 224;
        return plain
                ? PUBLISHED.getOrDefault(vit.width() + "/" + vit.depth() + "/" + vit.heads() + "/" + vit.patch(),
                        "vit_base_patch16_224")
                : "vit_base_patch16_224";
    }

    private static Map<String, Object> arguments(VitShape vit, String architecture) {
        final Map<String, Object> all = new LinkedHashMap<>();
        final VitVariant variant = vit.variant();
        final boolean published = architecture.equals(PUBLISHED.get(vit.width() + "/" + vit.depth() + "/" + vit.heads() + "/"
                + vit.patch())) && variant.equals(VitVariant.plain(vit.width())) && vit.image() == 224 && vit.channels() == 3;
        if (published)
            return all;
        all.put("img_size", vit.image());
        all.put("patch_size", vit.patch());
        all.put("in_chans", vit.channels());
        all.put("embed_dim", vit.width());
        all.put("depth", vit.depth());
        all.put("num_heads", vit.heads());
        all.put("mlp_ratio", ratio(vit));
        all.put("class_token", variant.classToken());
        all.put("reg_tokens", variant.extraTokens());
        all.put("no_embed_class", separatePositions(variant));
        all.put("pre_norm", variant.preNorm());
        all.put("qk_norm", variant.qkNorm());
        if (variant.mlp() == Mlp.TANH_GELU || variant.mlp() == Mlp.QUICK_GELU)
            all.put("act_layer", variant.mlp() == Mlp.TANH_GELU ? "gelu_tanh" : "quick_gelu");
        all.put("init_values", variant.layerScale() ? (Object) 1e-5 : Optional.empty());
        return all;
    }

    /** The width of the MLP as a multiple of the model's width. timm multiplies again and truncates, so the ratio may need to be larger. */
    private static double ratio(VitShape vit) {
        final int hidden = vit.variant().hidden() * vit.variant().mlp().halves();
        final double ratio = (double) hidden / vit.width();
        return (int) (vit.width() * ratio) == hidden ? ratio : (hidden + 0.5) / vit.width();
    }

    /** True if timm's position table has rows for patches only. */
    private static boolean separatePositions(VitVariant variant) {
        return !variant.classToken() || variant.extraTokens() > 0;
    }

    /** Converts the tensors from the form of {@code dmae.py} to timm's form. */
    private static Map<String, HostTensor> timmForm(PretrainedEncoder encoder) {
        final VitShape vit = encoder.shape();
        final Mlp mlp = vit.variant().mlp();
        final Map<String, HostTensor> tensors = new LinkedHashMap<>();
        encoder.tensors().forEach((name, tensor) -> tensors.put(name.startsWith("blocks.")
                ? name.replace("." + mlp.first() + ".", ".mlp.fc1.").replace("." + mlp.second() + ".", ".mlp.fc2.")
                : name, tensor));
        final HostTensor bias = tensors.get("patch_embed.proj.bias");
        if (vit.variant().preNorm() && bias != null) { // in timm such a model has no bias there
            for (final float each : bias.asFloat32().floats())
                if (each != 0)
                    throw new WeightsException("patch_embed.proj.bias: timm has none in a model with a norm before the blocks");
            tensors.remove("patch_embed.proj.bias");
        }
        final HostTensor table = tensors.get("pos_embed");
        if (table != null && separatePositions(vit.variant())) {
            final int width = vit.width();
            final float[] values = table.asFloat32().floats();
            final float[] patches = Arrays.copyOfRange(values, width, values.length);
            tensors.put("pos_embed", HostTensor.ofFloats(patches, 1, patches.length / width, width));
            tensors.computeIfPresent("cls_token", (name, token) -> {
                final float[] sum = token.asFloat32().floats();
                for (int d = 0; d < width; d++)
                    sum[d] += values[d];
                return HostTensor.ofFloats(sum, 1, 1, width);
            });
        }
        return tensors;
    }

    private static Map<String, long[]> places(Map<String, HostTensor> tensors, VitShape vit, int classes, boolean averaged) {
        final Map<String, long[]> places = new TreeMap<>();
        tensors.forEach((name, tensor) -> { // the encoder's shapes were checked when it was read
            if (name.matches("(blocks|patch_embed|norm_pre)\\..*|cls_token|pos_embed|reg_token"))
                places.put(name, tensor.shape());
        });
        final String norm = averaged ? "fc_norm" : "norm";
        places.put(norm + ".weight", new long[]{vit.width()});
        places.put(norm + ".bias", new long[]{vit.width()});
        if (classes > 0) {
            places.put("head.weight", new long[]{classes, vit.width()});
            places.put("head.bias", new long[]{classes});
        }
        return places;
    }

    @Override
    public String library() {
        return "timm";
    }

    /** The tensors load into the model with no key missing. */
    @Override
    public String expression() {
        return "timm.create_model(\"" + architecture + "\", " + arguments.entrySet().stream()
                .map(each -> each.getKey() + "=" + python(each.getValue())).collect(Collectors.joining(", ")) + ")";
    }

    private static String python(Object value) {
        return switch (value) {
            case final Boolean truth -> truth ? "True" : "False";
            case final String text -> "\"" + text + "\"";
            case final Optional<?> none -> "None";
            default -> value.toString();
        };
    }

    @Override
    public int classes() {
        return (Integer) arguments.getOrDefault("num_classes", 0);
    }

    @Override
    public String loading(String folder) {
        return "timm.create_model(\"local-dir:" + folder + "\", pretrained=True)";
    }

    @Override
    public ObjectNode config(Preprocessing images) {
        final ObjectNode config = JSON.createObjectNode().put("architecture", architecture).put("num_classes", classes())
                .put("num_features", shape.width());
        final ObjectNode given = config.putObject("model_args");
        // timm reads num_classes from the key above. Readers other than timm need the width and the heads as well.
        arguments.forEach((name, value) -> {
            if (!name.equals("num_classes"))
                given.set(name, JSON.valueToTree(value instanceof Optional<?> ? null : value));
        });
        if (!given.has("num_heads"))
            given.put("embed_dim", shape.width()).put("num_heads", shape.heads());
        final ObjectNode pretrained = config.putObject("pretrained_cfg").put("num_classes", classes())
                .put("first_conv", "patch_embed.proj").put("classifier", "head").put("interpolation", "bicubic")
                .put("fixed_input_size", true);
        pretrained.set("input_size", JSON.valueToTree(List.of(shape.channels(), shape.image(), shape.image())));
        if (!images.mean().isEmpty()) {
            pretrained.set("mean", JSON.valueToTree(images.mean()));
            pretrained.set("std", JSON.valueToTree(images.std()));
        }
        if (!images.classNames().isEmpty())
            config.set("label_names", JSON.valueToTree(images.classNames()));
        return config;
    }
}
