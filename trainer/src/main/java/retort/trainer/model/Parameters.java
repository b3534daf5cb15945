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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The parameters of each part of a model, under the names and in the order of MAE's checkpoints. */
public final class Parameters {
    /** The matrix that mixes the student's blocks, a row for each of the teacher's that is compared. */
    public static final String MIX = "aligned_feature_mix";
    /** The tensors that a distilled model has for its comparison with a teacher alone; {@code *} stands for any text. */
    public static final List<String> OF_COMPARISONS = List.of("aligned_feature_projection_heads.*", "relation_adapters.*",
            "generators.*", MIX);

    /** The distillation token of a classifier that has one. */
    public static final String DISTILLATION_TOKEN = "dist_token";

    private Parameters() {
    }

    /** Patch embedding, positions, class token and the first {@code blocks} blocks, without the norm that follows them. */
    public static List<Parameter> trunk(VitShape vit, int blocks) {
        final long width = vit.width();
        final VitVariant variant = vit.variant();
        final List<Parameter> all = new ArrayList<>();
        if (variant.classToken())
            all.add(Parameter.of("cls_token", TOKEN, 1, 1, width));
        all.addAll(List.of(Parameter.of("pos_embed", POSITIONS, 1, 1 + vit.patches(), width),
                Parameter.of("patch_embed.proj.weight", XAVIER, width, vit.channels(), vit.patch(), vit.patch()),
                Parameter.of("patch_embed.proj.bias", UNIFORM_BIAS, width)));
        if (variant.extraTokens() > 0)
            all.add(Parameter.of("reg_token", TOKEN, 1, variant.extraTokens(), width));
        if (variant.preNorm())
            all.addAll(norm("norm_pre", width));
        for (int i = 0; i < blocks; i++)
            all.addAll(block("blocks." + i, width, vit.heads(), variant));
        return all;
    }

    /** A whole encoder with its final norm. */
    public static List<Parameter> encoder(VitShape vit) {
        final List<Parameter> all = trunk(vit, vit.depth());
        all.addAll(norm("norm", vit.width()));
        return all;
    }

    public static List<Parameter> decoder(VitShape vit, DecoderShape decoder) {
        final List<Parameter> all = decoderTrunk(vit, decoder, decoder.depth());
        all.addAll(norm("decoder_norm", decoder.width()));
        all.addAll(linear("decoder_pred", decoder.width(), vit.patchValues()));
        return all;
    }

    /** A decoder up to its first {@code blocks} blocks, without the norm and the prediction that follow all of them. */
    public static List<Parameter> decoderTrunk(VitShape vit, DecoderShape decoder, int blocks) {
        final long width = decoder.width();
        final List<Parameter> all = new ArrayList<>(List.of(
                Parameter.of("mask_token", TOKEN, 1, 1, width),
                Parameter.of("decoder_pos_embed", POSITIONS, 1, 1 + vit.patches(), width)));
        all.addAll(linear("decoder_embed", vit.width(), width));
        for (int i = 0; i < blocks; i++)
            all.addAll(block("decoder_blocks." + i, width, decoder.heads(), VitVariant.plain(decoder.width())));
        return all;
    }

    /**
     * The projection heads, one for each aligned pair. They start as PyTorch starts its layers, and a head without a bias as the layers of a
     * block.
     *
     * @param from width of the student
     * @param to width of the teacher
     */
    public static List<Parameter> projectionHeads(Projection projection, int pairs, long from, long to) {
        final List<Parameter> all = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            final String name = "aligned_feature_projection_heads." + i;
            switch (projection) {
                case FC -> all.addAll(torchLinear(name, from, to));
                case LINEAR -> all.add(Parameter.of(name + ".weight", XAVIER, to, from));
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

    /**
     * The generators, one for each aligned pair, and the positions that they share.
     *
     * @param depth number of blocks of each
     */
    public static List<Parameter> generators(VitShape teacher, int pairs, int depth) {
        final long width = teacher.width();
        final List<Parameter> all = new ArrayList<>(
                List.of(Parameter.of("generators.pos_embed", POSITIONS, 1, 1 + teacher.patches(), width)));
        for (int i = 0; i < pairs; i++) {
            final String name = "generators." + i;
            all.add(Parameter.of(name + ".mask_token", TOKEN, 1, 1, width));
            for (int j = 0; j < depth; j++)
                all.addAll(block(name + ".blocks." + j, width, teacher.heads(), VitVariant.plain(teacher.width())));
        }
        return all;
    }

    /**
     * Linear heads for the features of {@code count} blocks of a teacher. They start as MAE starts its layers.
     *
     * @param first number of heads of another teacher, which come before
     */
    public static List<Parameter> alignedHeads(int first, int count, VitShape vit, long to) {
        final List<Parameter> all = new ArrayList<>();
        for (int i = first; i < first + count; i++)
            all.addAll(linear("aligned_feature_projection_heads." + i, vit.width(), to));
        return all;
    }

    /** A learned mix of the student's blocks for each of {@code blocks} blocks of teachers. */
    public static Parameter mix(Parameter.Start start, int blocks, VitShape vit) {
        return Parameter.of(MIX, start, blocks, vit.depth());
    }

    /**
     * The 1x1 convolutions that map the student's heads to the teacher's, one for each relation. They start as PyTorch starts its layers.
     *
     * @param from heads of the student
     * @param to heads of the teacher
     */
    public static List<Parameter> relationAdapters(int relations, long from, long to) {
        return IntStream.range(0, relations)
                .mapToObj(i -> Parameter.of("relation_adapters." + i + ".weight", UNIFORM_WEIGHT, to, from)).toList();
    }

    /**
     * The parameters of a classifier after its trunk: a norm and a head. The norm is {@code fc_norm}, which follows the mean, or
     * {@code norm}, which comes before the class token is taken.
     */
    public static List<Parameter> classifier(VitShape vit, Pooling pooling, int classes) {
        final List<Parameter> all = new ArrayList<>(norm(pooling == Pooling.MEAN ? "fc_norm" : "norm", vit.width()));
        all.add(Parameter.of("head.weight", HEAD, classes, vit.width()));
        all.add(Parameter.of("head.bias", ZEROS, classes));
        return all;
    }

    /** A distillation token, which has no position, and its head. The norm before the head is the classifier's. */
    public static List<Parameter> distillationToken(VitShape vit, int classes) {
        return List.of(Parameter.of(DISTILLATION_TOKEN, TOKEN, 1, 1, vit.width()),
                Parameter.of("head_dist.weight", TOKEN, classes, vit.width()), Parameter.of("head_dist.bias", ZEROS, classes));
    }

    /** The shape of each parameter, by name. */
    public static Map<String, long[]> places(List<Parameter> parameters) {
        final Map<String, long[]> places = new LinkedHashMap<>();
        parameters.forEach(parameter -> places.put(parameter.name(), parameter.dimensions()));
        return places;
    }

    private static List<Parameter> block(String name, long width, long heads, VitVariant variant) {
        final Mlp mlp = variant.mlp();
        final List<Parameter> all = new ArrayList<>(norm(name + ".norm1", width));
        all.addAll(linear(name + ".attn.qkv", width, 3 * width));
        if (variant.qkNorm()) {
            all.addAll(norm(name + ".attn.q_norm", width / heads));
            all.addAll(norm(name + ".attn.k_norm", width / heads));
        }
        all.addAll(linear(name + ".attn.proj", width, width));
        all.addAll(norm(name + ".norm2", width));
        all.addAll(linear(name + "." + mlp.first(), width, (long) mlp.halves() * variant.hidden()));
        all.addAll(linear(name + "." + mlp.second(), variant.hidden(), width));
        if (variant.layerScale()) {
            all.add(Parameter.of(name + ".ls1.gamma", ONES, width));
            all.add(Parameter.of(name + ".ls2.gamma", ONES, width));
        }
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
