package retort.trainer.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Mlp;
import retort.trainer.model.Pooling;
import retort.trainer.model.VitShape;
import retort.trainer.model.VitVariant;
import retort.trainer.pretrained.PretrainedEncoder;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.WeightsException;

/**
 * An encoder as the classes of transformers hold it: ViTModel, ViTForImageClassification or ViTMAEForPreTraining.
 *
 * @param kind name of the class
 * @param decoder the decoder of ViTMAEForPreTraining; empty for the other classes
 * @param normPix true if the decoder has learned targets that are normalised patch by patch
 */
record TransformersModel(String kind, Map<String, HostTensor> tensors, SortedSet<String> leftOut, VitShape shape, int classes,
        Optional<DecoderShape> decoder, boolean normPix) implements ExportedModel {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern BLOCK = Pattern.compile("(decoder_)?blocks\\.(\\d+)\\.(.*)\\.(weight|bias)");
    private static final Map<String, String> LAYERS = Map.of("norm1", "layernorm_before", "norm2", "layernorm_after", "attn.proj",
            "attention.output.dense", "mlp.fc1", "intermediate.dense", "mlp.fc2", "output.dense");
    private static final List<String> QKV = List.of("query", "key", "value");

    /**
     * An encoder for ViTModel, or for ViTForImageClassification if it has a head.
     *
     * @param pooling as for {@link TimmModel#of}
     * @param newHead number of classes of a new head, all zeros; empty for no new head
     * @throws WeightsException if the class has no place for a tensor of the encoder; the message names it
     */
    static TransformersModel vit(PretrainedEncoder encoder, Optional<Pooling> pooling, OptionalInt newHead) {
        final Map<String, HostTensor> own = plain(encoder, "ViTModel");
        final HostTensor head = own.get("head.weight");
        if (newHead.isPresent() && head != null)
            throw new WeightsException("it has a head of " + head.shape()[0] + " classes already: add none");
        if (own.containsKey("fc_norm.weight") || pooling.filter(Pooling.MEAN::equals).isPresent() && head != null)
            throw refused(own.containsKey("fc_norm.weight") ? "fc_norm.weight" : "head.weight", "ViTForImageClassification",
                    "its head follows the mean of the patches, and the class takes the class token");
        final int width = encoder.shape().width();
        newHead.ifPresent(classes -> {
            own.put("head.weight", HostTensor.ofFloats(new float[classes * width], classes, width));
            own.put("head.bias", HostTensor.ofFloats(new float[classes], classes));
        });
        final int classes = own.containsKey("head.weight") ? Math.toIntExact(own.get("head.weight").shape()[0]) : 0;
        final Map<String, HostTensor> tensors = new LinkedHashMap<>();
        final SortedSet<String> leftOut = new TreeSet<>();
        own.forEach((name, tensor) -> {
            if (name.startsWith("head.") && classes > 0)
                tensors.put(name.replace("head.", "classifier."), tensor);
            else if (isOfEncoder(name))
                put(tensors, classes > 0 ? "vit." : "", name, tensor);
            else
                leftOut.add(name);
        });
        return new TransformersModel(classes > 0 ? "ViTForImageClassification" : "ViTModel", tensors, leftOut, encoder.shape(),
                classes, Optional.empty(), false);
    }

    /**
     * An encoder and its decoder for ViTMAEForPreTraining.
     *
     * @param trained the state of the run, because the heads of the decoder are in no tensor; empty if there is none
     * @throws WeightsException as {@link #vit}, or if there is no decoder
     */
    static TransformersModel mae(PretrainedEncoder encoder, Optional<TrainingState> trained) {
        final Map<String, HostTensor> own = plain(encoder, "ViTMAEForPreTraining");
        if (!own.containsKey("decoder_embed.weight"))
            throw new WeightsException("decoder_embed.weight is missing: ViTMAEForPreTraining has a decoder; export it --for"
                    + " transformers");
        final TrainingState state = trained.orElseThrow(() -> new WeightsException("the heads of its decoder are in no tensor:"
                + " export the folder of a checkpoint, which tells them, or export --for transformers without the decoder"));
        final DecoderShape decoder = new DecoderShape(state.architecture().getDecoderWidth(),
                state.architecture().getDecoderDepth(), state.architecture().getDecoderHeads());
        final Map<String, HostTensor> tensors = new LinkedHashMap<>();
        final SortedSet<String> leftOut = new TreeSet<>();
        own.forEach((name, tensor) -> {
            if (name.startsWith("decoder_") || name.equals("mask_token"))
                put(tensors, "decoder.", name, tensor);
            else if (isOfEncoder(name))
                put(tensors, "vit.", name, tensor);
            else
                leftOut.add(name);
        });
        return new TransformersModel("ViTMAEForPreTraining", tensors, leftOut, encoder.shape(), 0, Optional.of(decoder),
                Boolean.parseBoolean(state.identity().settings().getOrDefault("norm-pix", "true")));
    }

    /** The tensors without layer scale, under timm's names of a plain encoder, if the encoder has no other part that ViT lacks. */
    private static Map<String, HostTensor> plain(PretrainedEncoder encoder, String kind) {
        final VitVariant variant = encoder.shape().variant();
        if (!variant.classToken())
            throw new WeightsException("cls_token is missing, which " + kind + " of transformers has");
        if (variant.extraTokens() > 0)
            throw refused("reg_token", kind, "it has no registers and no distillation token");
        if (variant.preNorm())
            throw refused("norm_pre.weight", kind, "it has no norm before the blocks");
        if (variant.qkNorm())
            throw refused("blocks.0.attn.q_norm.weight", kind, "it has no norm of queries and keys");
        if (variant.mlp() == Mlp.SWIGLU)
            throw refused("blocks.0.mlp.w12.weight", kind, "it has no SwiGLU");
        final Map<String, HostTensor> own = new LinkedHashMap<>();
        encoder.withoutLayerScale().forEach((name, tensor) -> own.put(name.startsWith("blocks.")
                ? name.replace("." + variant.mlp().first() + ".", ".mlp.fc1.")
                        .replace("." + variant.mlp().second() + ".", ".mlp.fc2.")
                : name, tensor));
        if (!own.containsKey("norm.weight") && !own.containsKey("fc_norm.weight"))
            throw new WeightsException("norm.weight is missing, which " + kind + " of transformers has");
        return own;
    }

    private static WeightsException refused(String tensor, String kind, String reason) {
        return new WeightsException(tensor + " has no place in " + kind + " of transformers, because " + reason
                + ": export it --for timm");
    }

    private static boolean isOfEncoder(String name) {
        return name.matches("(blocks|patch_embed\\.proj|norm)\\..*|cls_token|pos_embed");
    }

    /** Adds a tensor under the name of transformers. q, k and v are separate tensors there. */
    private static void put(Map<String, HostTensor> tensors, String prefix, String name, HostTensor tensor) {
        final Matcher block = BLOCK.matcher(name);
        if (!block.matches()) {
            tensors.put(prefix + top(name), tensor);
            return;
        }
        final String layer = prefix + (block.group(1) == null ? "encoder.layer." : "decoder_layers.") + block.group(2) + ".";
        if (!block.group(3).equals("attn.qkv")) {
            tensors.put(layer + LAYERS.get(block.group(3)) + "." + block.group(4), tensor);
            return;
        }
        final float[] all = tensor.asFloat32().floats();
        final long[] shape = tensor.shape().clone();
        shape[0] /= QKV.size();
        for (int part = 0; part < QKV.size(); part++) {
            final int length = all.length / QKV.size();
            tensors.put(layer + "attention.attention." + QKV.get(part) + "." + block.group(4),
                    HostTensor.ofFloats(java.util.Arrays.copyOfRange(all, part * length, (part + 1) * length), shape));
        }
    }

    private static String top(String name) {
        return switch (name) {
            case "cls_token" -> "embeddings.cls_token";
            case "pos_embed" -> "embeddings.position_embeddings";
            default -> name.replaceFirst("^patch_embed\\.proj\\.", "embeddings.patch_embeddings.projection.")
                    .replaceFirst("^norm\\.", "layernorm.");
        };
    }

    @Override
    public String library() {
        return "transformers";
    }

    @Override
    public String expression() {
        return "transformers." + kind + "(transformers.AutoConfig.from_pretrained(FOLDER))";
    }

    /** ViTModel has a pooling layer by default, which no export has. */
    @Override
    public String loading(String folder) {
        return "transformers." + kind + ".from_pretrained(\"" + folder + "\""
                + (kind.equals("ViTModel") ? ", add_pooling_layer=False)" : ")");
    }

    @Override
    public ObjectNode config(Preprocessing images) {
        final VitVariant variant = shape.variant();
        final ObjectNode config = JSON.createObjectNode().put("model_type", decoder.isPresent() ? "vit_mae" : "vit")
                .put("hidden_size", shape.width()).put("num_hidden_layers", shape.depth())
                .put("num_attention_heads", shape.heads()).put("intermediate_size", variant.hidden())
                .put("hidden_act", activation(variant.mlp())).put("layer_norm_eps", variant.epsilon())
                .put("image_size", shape.image()).put("patch_size", shape.patch()).put("num_channels", shape.channels())
                .put("qkv_bias", true).put("hidden_dropout_prob", 0.0).put("attention_probs_dropout_prob", 0.0)
                .put("torch_dtype", "float32");
        config.putArray("architectures").add(kind);
        decoder.ifPresent(of -> config.put("decoder_hidden_size", of.width()).put("decoder_num_hidden_layers", of.depth())
                .put("decoder_num_attention_heads", of.heads()).put("decoder_intermediate_size", 4 * of.width())
                .put("norm_pix_loss", normPix));
        if (classes > 0) {
            final ObjectNode names = config.putObject("id2label");
            final ObjectNode numbers = config.putObject("label2id");
            for (int i = 0; i < classes; i++) {
                final String label = images.classNames().isEmpty() ? "LABEL_" + i : images.classNames().get(i);
                names.put(Integer.toString(i), label);
                numbers.put(label, i);
            }
        }
        return config;
    }

    private static String activation(Mlp mlp) {
        return switch (mlp) {
            case GELU -> "gelu";
            case QUICK_GELU -> "quick_gelu";
            case TANH_GELU -> "gelu_pytorch_tanh";
            case SWIGLU -> throw new IllegalStateException("a SwiGLU was refused before");
        };
    }
}
