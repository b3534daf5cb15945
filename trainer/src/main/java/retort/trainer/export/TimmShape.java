package retort.trainer.export;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.WeightsException;

/**
 * The shape of a timm {@code VisionTransformer}, read off an encoder's tensors.
 *
 * @param hidden width inside of an MLP
 * @param grid patches along a side of the image
 * @param classes outputs of the head; 0 without one
 * @param averaged whether the mean of the patch tokens is normalised by {@code fc_norm}, rather than every token by {@code norm}
 */
record TimmShape(int width, int depth, int hidden, int patch, int grid, int channels, int classes, boolean averaged) {
    /** @throws WeightsException where the tensors that tell the shape are missing */
    static TimmShape of(Map<String, HostTensor> tensors) {
        final long[] projection = shape(tensors, "patch_embed.proj.weight", 4);
        final long patches = shape(tensors, "pos_embed", 3)[1] - 1;
        int depth = 0;
        while (tensors.containsKey("blocks." + depth + ".norm1.weight"))
            depth++;
        return new TimmShape((int) projection[0], depth, (int) shape(tensors, "blocks.0.mlp.fc1.weight", 2)[0],
                (int) projection[2],
                (int) Math.round(Math.sqrt((double) patches)), (int) projection[1],
                tensors.containsKey("head.weight") ? (int) shape(tensors, "head.weight", 2)[0] : 0,
                tensors.containsKey("fc_norm.weight"));
    }

    /** Every parameter by timm's name, with its shape. */
    Map<String, long[]> places() {
        final Map<String, long[]> places = new LinkedHashMap<>();
        places.put("cls_token", new long[]{1, 1, width});
        places.put("pos_embed", new long[]{1, 1 + (long) grid * grid, width});
        places.put("patch_embed.proj.weight", new long[]{width, channels, patch, patch});
        places.put("patch_embed.proj.bias", new long[]{width});
        for (int block = 0; block < depth; block++) {
            final String prefix = "blocks." + block + ".";
            norm(places, prefix + "norm1");
            linear(places, prefix + "attn.qkv", 3 * width, width);
            linear(places, prefix + "attn.proj", width, width);
            norm(places, prefix + "norm2");
            linear(places, prefix + "mlp.fc1", hidden, width);
            linear(places, prefix + "mlp.fc2", width, hidden);
        }
        norm(places, averaged ? "fc_norm" : "norm");
        if (classes > 0)
            linear(places, "head", classes, width);
        return places;
    }

    /** The Python expression that makes the model these tensors load into with no key missing. */
    String model() {
        final String options = "num_classes=" + classes + (averaged ? ", global_pool=\"avg\"" : "");
        return published().map(name -> "timm.create_model(\"" + name + "\", " + options + ")").orElseGet(
                () -> "timm.models.VisionTransformer(img_size=%d, patch_size=%d, in_chans=%d, embed_dim=%d, depth=%d, num_heads=?, %s)"
                        .formatted(grid * patch, patch, channels, width, depth, options));
    }

    private Optional<String> published() {
        if (channels != 3 || grid * patch != 224 || hidden != 4 * width)
            return Optional.empty();
        return switch (width + "/" + depth + "/" + patch) {
            case "192/12/16" -> Optional.of("vit_tiny_patch16_224");
            case "384/12/16" -> Optional.of("vit_small_patch16_224");
            case "768/12/16" -> Optional.of("vit_base_patch16_224");
            case "1024/24/16" -> Optional.of("vit_large_patch16_224");
            case "1280/32/14" -> Optional.of("vit_huge_patch14_224");
            default -> Optional.empty();
        };
    }

    private void norm(Map<String, long[]> places, String name) {
        places.put(name + ".weight", new long[]{width});
        places.put(name + ".bias", new long[]{width});
    }

    private static void linear(Map<String, long[]> places, String name, int out, int in) {
        places.put(name + ".weight", new long[]{out, in});
        places.put(name + ".bias", new long[]{out});
    }

    private static long[] shape(Map<String, HostTensor> tensors, String name, int axes) {
        final HostTensor tensor = tensors.get(name);
        if (tensor == null || tensor.shape().length != axes)
            throw new WeightsException((tensor == null ? "there is no " : "there are not " + axes + " axes in ") + name
                    + ": these are not the weights of a Vision Transformer");
        return tensor.shape();
    }
}
