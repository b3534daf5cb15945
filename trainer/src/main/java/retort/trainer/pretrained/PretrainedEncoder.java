package retort.trainer.pretrained;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.model.Mlp;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.PositionGrid;
import retort.trainer.model.VitShape;
import retort.trainer.model.VitVariant;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.StateDictFit;
import retort.trainer.weights.WeightsException;
import retort.trainer.weights.WeightsFile;

/**
 * The encoder that a file holds. Reading blocks; any thread.
 *
 * @param shape shape of the encoder, with the image side of its position table
 * @param tensors tensors by name, in the form that {@code dmae.py} takes; views of the mapped file if the file has this form
 * @param positions the way in which its library resizes its position table; empty if it is not known
 * @param notes sentences for people about choices that were made
 */
public record PretrainedEncoder(VitShape shape, Map<String, HostTensor> tensors, Optional<PositionGrid.Way> positions,
        List<String> notes) {
    /** An encoder whose position table is not resized. */
    public PretrainedEncoder(VitShape shape, Map<String, HostTensor> tensors, List<String> notes) {
        this(shape, tensors, Optional.empty(), notes);
    }

    /**
     * Names of tensors that the features of a block do not depend on: heads, the norm before them, decoders, the token of masked patches
     * and what a distilled student has for its comparison alone.
     */
    public static final List<String> LEFT_OVER = Stream.concat(Stream.of("head.*", "head_dist.*", "fc.*", "fc_norm.*", "norm.*",
            "pre_logits.*", "classifier.*", "pooler.*", "mask_token", "masked_embed", "decoder_*", "decoder.*",
            "embeddings.position_ids"), Parameters.OF_COMPARISONS.stream()).toList();

    private static final String ASK = ": set teacher-model = {width, depth, heads, patch}, or --heads of export";

    /** Names of tensors that the features of the first {@code depth} blocks do not depend on: {@link #LEFT_OVER} and the later blocks. */
    public static List<String> leftOver(VitShape vit, int depth) {
        final List<String> names = new ArrayList<>(LEFT_OVER);
        IntStream.range(depth, vit.depth()).forEach(block -> names.add("blocks." + block + ".*"));
        return names;
    }

    /**
     * Reads an encoder. Refuses an encoder that {@code dmae.py} cannot compute, or whose heads or activation are not known.
     *
     * @param model name of one of several models in the file; empty for timm's preference, which {@link #notes} tells
     * @param given facts that the caller knows; they have priority over the files beside the weights
     * @throws WeightsException if the file is refused; the message names the file and the tensor, or the setting that is needed
     */
    public static PretrainedEncoder read(Path file, Optional<String> model, Hints given) {
        final WeightsFile.Content content = WeightsFile.open(file, model);
        try {
            final Optional<String> left = content.isChosen() ? Optional.empty() : model;
            return of(file, NamedEncoder.of(content.tensors(), left), content, given);
        } catch (IllegalArgumentException e) {
            throw new WeightsException("weights " + file + " are refused: " + e.getMessage(), e);
        }
    }

    /**
     * Tensors under timm's names that are not yet fitted to a model.
     *
     * @param tensors tensors by name
     * @param heads attention heads of a block; empty if they are not known
     * @param epsilon epsilon of its norms
     * @param notes sentences for people about choices that were made
     */
    public record Tensors(Map<String, HostTensor> tensors, OptionalInt heads, double epsilon, List<String> notes) {
    }

    /**
     * Reads the tensors that a plain model may start from. The caller fits them to its model, and refuses tensors without a place. Layer
     * scale is multiplied into the layers before it, so that the model starts as the same function.
     *
     * @param model name of one of several models in the file, as for {@link #read}
     * @throws WeightsException if the file holds no encoder; the message names the file
     */
    public static Tensors toStartFrom(Path file, Optional<String> model) {
        final WeightsFile.Content content = WeightsFile.open(file, model);
        try {
            final NamedEncoder named = NamedEncoder.of(content.tensors(), content.isChosen() ? Optional.empty() : model);
            final Map<String, HostTensor> tensors = Canonical.of(named.tensors());
            final int width = Math.toIntExact(axes(tensors, "patch_embed.proj.weight", 4)[0]);
            final Hints hints = beside(file, width, content);
            requireKnown(named, tensors, hints, width);
            final Mlp mlp = mlp(tensors, named, hints, width);
            if (mlp != Mlp.GELU && mlp != Mlp.SWIGLU) // the tensors of a SwiGLU have no place, which the fit tells
                throw new WeightsException("its MLPs have the activation " + mlp + ", and a model that learns here has the exact"
                        + " GELU: take it as a teacher");
            final List<String> notes = new ArrayList<>(content.notes());
            notes.addAll(named.notes());
            return new Tensors(Canonical.withoutLayerScale(tensors), startHeads(tensors, named, hints, width),
                    epsilon(named, hints, tensors), notes);
        } catch (IllegalArgumentException e) {
            throw new WeightsException("weights " + file + " are refused: " + e.getMessage(), e);
        }
    }

    private static OptionalInt startHeads(Map<String, HostTensor> tensors, NamedEncoder named, Hints hints, int width) {
        return hints.heads().isPresent()
                ? hints.heads()
                : KnownShapes.heads(width, Canonical.depth(tensors),
                        Math.toIntExact(axes(tensors, "patch_embed.proj.weight", 4)[3]), isMoco(named), isPlain(tensors),
                        Lookalikes.maybeSigLip(tensors, width));
    }

    /** True if the tensors could be those of MoCo-v3, which has no part beyond MAE's. */
    private static boolean isPlain(Map<String, HostTensor> tensors) {
        return tensors.containsKey("cls_token") && Stream.of("blocks.0.ls1.gamma", "reg_token", "norm_pre.weight")
                .noneMatch(tensors::containsKey);
    }

    /** The facts that stand beside the weights. */
    private static Hints beside(Path file, int width, WeightsFile.Content content) {
        return Checkpoint.beside(file).map(PretrainedEncoder::trained).orElse(Hints.NONE).or(ConfigJson.beside(file, width))
                .or(metadata(content.metadata()));
    }

    private static void requireKnown(NamedEncoder named, Map<String, HostTensor> tensors, Hints hints, int width) {
        requireOwnPositions(tensors);
        if (!hints.isNamed() && (named.family() == Family.TIMM || named.family() == Family.CLIP))
            Lookalikes.refuse(named.file(), tensors, width);
    }

    private static boolean isMoco(NamedEncoder named) {
        return named.prefix().contains("base_encoder") || named.prefix().contains("momentum_encoder");
    }

    private static PretrainedEncoder of(Path file, NamedEncoder named, WeightsFile.Content content, Hints given) {
        final Map<String, HostTensor> tensors = Canonical.of(named.tensors());
        final int width = Math.toIntExact(axes(tensors, "patch_embed.proj.weight", 4)[0]);
        final Hints hints = given.or(beside(file, width, content));
        requireKnown(named, tensors, hints, width);
        final Mlp mlp = mlp(tensors, named, hints, width);
        final Map<String, HostTensor> ready = mlp == Mlp.GELU || mlp == Mlp.SWIGLU ? tensors : Activation.named(mlp, tensors);
        final VitShape shape = shape(ready, named, hints, mlp);
        requireSound(ready, shape);
        final List<String> notes = new ArrayList<>(content.notes());
        notes.addAll(named.notes());
        if (!named.beside().isEmpty())
            notes.add("left " + named.beside().size() + " tensors of other modules aside, such as " + named.beside().getFirst());
        return new PretrainedEncoder(shape, ready, hints.positions(), notes);
    }

    private static VitShape shape(Map<String, HostTensor> tensors, NamedEncoder named, Hints hints, Mlp mlp) {
        final long[] kernel = axes(tensors, "patch_embed.proj.weight", 4);
        if (kernel[2] != kernel[3])
            throw new WeightsException("patch_embed.proj.weight cuts patches of " + kernel[2] + "x" + kernel[3]
                    + ": square ones are supported");
        final int width = Math.toIntExact(kernel[0]);
        final int patch = Math.toIntExact(kernel[2]);
        final int depth = Canonical.depth(tensors);
        final boolean preNorm = tensors.containsKey("norm_pre.weight");
        final VitVariant variant = new VitVariant(tensors.containsKey("cls_token"),
                tensors.containsKey("reg_token") ? Math.toIntExact(axes(tensors, "reg_token", 3)[1]) : 0, preNorm,
                tensors.containsKey("blocks.0.attn.q_norm.weight"), tensors.containsKey("blocks.0.ls1.gamma"), mlp,
                Math.toIntExact(axes(tensors, "blocks.0." + mlp.second() + ".weight", 2)[1]), epsilon(named, hints, tensors));
        final int grid = PositionGrid.side(axes(tensors, "pos_embed", 3)[1]);
        return new VitShape(grid * patch, patch, Math.toIntExact(kernel[1]), width, depth,
                heads(tensors, named, hints, width, depth, patch, variant), variant);
    }

    /** Refuses a model without a position table, because its positions are in its attention, which {@code dmae.py} does not compute. */
    private static void requireOwnPositions(Map<String, HostTensor> tensors) {
        final List<String> others = tensors.keySet().stream().filter(name -> name.matches(".*(rel_pos|relative_position|rope).*"))
                .toList();
        if (!tensors.containsKey("pos_embed") || !others.isEmpty())
            throw new WeightsException((others.isEmpty() ? "it has no pos_embed" : "it has " + others.getFirst())
                    + ": relative and rotary positions, as in BEiT and EVA-02, are not supported");
    }

    private static int heads(Map<String, HostTensor> tensors, NamedEncoder named, Hints hints, int width, int depth, int patch,
            VitVariant variant) {
        if (variant.qkNorm())
            return width / Math.toIntExact(axes(tensors, "blocks.0.attn.q_norm.weight", 1)[0]);
        if (hints.heads().isPresent())
            return hints.heads().getAsInt();
        final OptionalInt known = KnownShapes.heads(width, depth, patch, isMoco(named), isPlain(tensors),
                variant.mlp() != Mlp.SWIGLU && Lookalikes.maybeSigLip(named.tensors(), width));
        return known.orElseThrow(() -> new WeightsException("its " + depth + " blocks of width " + width
                + " do not say how many attention heads they have"
                + (width == 384 ? ", 6 as in DeiT-S and DINO or 12 as in MoCo-v3" : "") + ASK));
    }

    private static double epsilon(NamedEncoder named, Hints hints, Map<String, HostTensor> tensors) {
        final boolean dinoV2 = named.family() == Family.HUGGING_FACE && named.tensors().containsKey("blocks.0.ls1.gamma");
        final boolean sigLip = named.family() == Family.HUGGING_FACE_CLIP && !named.tensors().containsKey("cls_token");
        final OptionalDouble own = dinoV2 || sigLip ? OptionalDouble.of(VitVariant.EPSILON) : named.family().epsilon();
        return hints.epsilon()
                .orElseGet(() -> own.orElse(tensors.containsKey("norm_pre.weight") ? 1e-5 : VitVariant.EPSILON));
    }

    /** The MLP of the encoder. The tensors of a CLIP or a SigLIP fit several activations. */
    private static Mlp mlp(Map<String, HostTensor> tensors, NamedEncoder named, Hints hints, int width) {
        if (tensors.containsKey("blocks.0.mlp.w12.weight"))
            return Mlp.SWIGLU;
        if (hints.mlp().isPresent())
            return hints.mlp().get();
        final boolean clip = tensors.containsKey("norm_pre.weight") || named.family() == Family.CLIP
                || named.family() == Family.HUGGING_FACE_CLIP;
        if (!clip && !Lookalikes.maybeSigLip(tensors, width))
            return Mlp.GELU;
        if (named.beside().contains("input_resolution") && named.beside().contains("context_length"))
            return Mlp.QUICK_GELU; // only OpenAI's own archives have these two tensors
        throw new WeightsException((clip
                ? "a CLIP has the quick GELU of OpenAI or the exact one of LAION, and a SigLIP its tanh approximation"
                : "an encoder of this shape without a class token has the exact GELU, or its tanh approximation as SigLIP has it")
                + ", and the tensors do not tell which: set teacher-model = {width, depth, heads, patch,"
                + " activation = gelu | quick-gelu | gelu-tanh}, or --activation of export, or put the model's config.json beside it");
    }

    /** Checks that every tensor has a place in the trunk, or is in {@link #LEFT_OVER}. */
    private static void requireSound(Map<String, HostTensor> tensors, VitShape shape) {
        final List<Parameter> parameters = Parameters.trunk(shape, shape.depth());
        StateDictFit.of(tensors, Parameters.places(parameters)).allowing(List.of(), LEFT_OVER).orRefuse("it",
                "any encoder that can be computed here");
    }

    /** Facts about a model that Retort has trained. */
    private static Hints trained(Checkpoint checkpoint) {
        return new Hints(OptionalInt.of(checkpoint.state().architecture().getHeads()), OptionalDouble.of(VitVariant.EPSILON),
                Optional.of(Mlp.GELU), Optional.of(PositionGrid.Way.MAE), true);
    }

    private static Hints metadata(Map<String, String> metadata) {
        final String heads = metadata.getOrDefault("heads", "");
        final String epsilon = metadata.getOrDefault("epsilon", "");
        final Optional<Mlp> activation = Mlp.named(metadata.getOrDefault("activation", ""));
        return new Hints(heads.matches("[1-9][0-9]{0,3}") ? OptionalInt.of(Integer.parseInt(heads)) : OptionalInt.empty(),
                epsilon.matches("[0-9.eE-]{1,20}") ? OptionalDouble.of(Double.parseDouble(epsilon)) : OptionalDouble.empty(),
                activation, Optional.empty(), activation.isPresent());
    }

    private static long[] axes(Map<String, HostTensor> tensors, String name, int axes) {
        final HostTensor tensor = tensors.get(name);
        if (tensor == null || tensor.shape().length != axes)
            throw new WeightsException((tensor == null ? "there is no " : "there are not " + axes + " axes in ") + name
                    + ": these are not the weights of a Vision Transformer");
        return tensor.shape();
    }

    /** The shape of this encoder for images of another side, in pixels. Position tables are resized when they are loaded. */
    public VitShape shape(int image) {
        return new VitShape(image, shape.patch(), shape.channels(), shape.width(), shape.depth(), shape.heads(), shape.variant());
    }

    /** The tensors with layer scale multiplied into the layers before it, because a model that learns has no layer scale. */
    public Map<String, HostTensor> withoutLayerScale() {
        return Canonical.withoutLayerScale(tensors);
    }
}
