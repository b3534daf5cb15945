package retort.trainer.model;

import static retort.trainer.model.Parameter.Start.HEAD;
import static retort.trainer.model.Parameter.Start.ONES;
import static retort.trainer.model.Parameter.Start.POSITIONS;
import static retort.trainer.model.Parameter.Start.TOKEN;
import static retort.trainer.model.Parameter.Start.UNIFORM_BIAS;
import static retort.trainer.model.Parameter.Start.UNIFORM_WEIGHT;
import static retort.trainer.model.Parameter.Start.XAVIER;
import static retort.trainer.model.Parameter.Start.ZEROS;

import java.util.ArrayList;
import java.util.List;

/** The parameters of each part of a model, under the names and in the order of MAE's checkpoints. */
public final class Parameters {
    private static final int MLP_RATIO = 4;

    private Parameters() {
    }

    /** Patch embedding, positions, class token and the first {@code blocks} blocks, without the norm that follows them. */
    public static List<Parameter> trunk(VitShape vit, int blocks) {
        final long width = vit.width();
        final List<Parameter> all = new ArrayList<>(List.of(
                Parameter.of("cls_token", TOKEN, 1, 1, width),
                Parameter.of("pos_embed", POSITIONS, 1, 1 + vit.patches(), width),
                Parameter.of("patch_embed.proj.weight", XAVIER, width, vit.channels(), vit.patch(), vit.patch()),
                Parameter.of("patch_embed.proj.bias", UNIFORM_BIAS, width)));
        for (int i = 0; i < blocks; i++)
            all.addAll(block("blocks." + i, width));
        return all;
    }

    /** A whole encoder with its final norm. */
    public static List<Parameter> encoder(VitShape vit) {
        final List<Parameter> all = trunk(vit, vit.depth());
        all.addAll(norm("norm", vit.width()));
        return all;
    }

    public static List<Parameter> decoder(VitShape vit, DecoderShape decoder) {
        final long width = decoder.width();
        final List<Parameter> all = new ArrayList<>(List.of(
                Parameter.of("mask_token", TOKEN, 1, 1, width),
                Parameter.of("decoder_pos_embed", POSITIONS, 1, 1 + vit.patches(), width)));
        all.addAll(linear("decoder_embed", vit.width(), width));
        for (int i = 0; i < decoder.depth(); i++)
            all.addAll(block("decoder_blocks." + i, width));
        all.addAll(norm("decoder_norm", width));
        all.addAll(linear("decoder_pred", width, vit.patchValues()));
        return all;
    }

    /** One head for each aligned pair. They keep PyTorch's own start. */
    public static List<Parameter> projectionHeads(Projection projection, int pairs, long from, long to) {
        final List<Parameter> all = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            final String name = "aligned_feature_projection_heads." + i;
            switch (projection) {
                case FC -> all.addAll(torchLinear(name, from, to));
                case MLP -> all.addAll(torchMlp(name, from, to));
                case MLP2 -> {
                    all.addAll(torchMlp(name + ".0", from, to));
                    all.addAll(torchMlp(name + ".1", to, to));
                }
                case NONE -> {
                }
            }
        }
        return all;
    }

    /** What a classifier has beside the trunk: {@code fc_norm} after averaging or {@code norm} before the class token, and a head. */
    public static List<Parameter> classifier(VitShape vit, Pooling pooling, int classes) {
        final List<Parameter> all = new ArrayList<>(norm(pooling == Pooling.MEAN ? "fc_norm" : "norm", vit.width()));
        all.add(Parameter.of("head.weight", HEAD, classes, vit.width()));
        all.add(Parameter.of("head.bias", ZEROS, classes));
        return all;
    }

    private static List<Parameter> block(String name, long width) {
        final List<Parameter> all = new ArrayList<>(norm(name + ".norm1", width));
        all.addAll(linear(name + ".attn.qkv", width, 3 * width));
        all.addAll(linear(name + ".attn.proj", width, width));
        all.addAll(norm(name + ".norm2", width));
        all.addAll(linear(name + ".mlp.fc1", width, MLP_RATIO * width));
        all.addAll(linear(name + ".mlp.fc2", MLP_RATIO * width, width));
        return all;
    }

    private static List<Parameter> norm(String name, long width) {
        return List.of(Parameter.of(name + ".weight", ONES, width), Parameter.of(name + ".bias", ZEROS, width));
    }

    private static List<Parameter> linear(String name, long from, long to) {
        return List.of(Parameter.of(name + ".weight", XAVIER, to, from), Parameter.of(name + ".bias", ZEROS, to));
    }

    private static List<Parameter> torchLinear(String name, long from, long to) {
        return List.of(Parameter.of(name + ".weight", UNIFORM_WEIGHT, to, from), Parameter.of(name + ".bias", UNIFORM_BIAS, to));
    }

    private static List<Parameter> torchMlp(String name, long from, long to) {
        final List<Parameter> all = new ArrayList<>(torchLinear(name + ".fc1", from, to));
        all.addAll(torchLinear(name + ".fc2", to, to));
        return all;
    }
}
