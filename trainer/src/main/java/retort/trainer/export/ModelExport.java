package retort.trainer.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import retort.digest.FileDigest;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.model.Pooling;
import retort.trainer.model.VitVariant;
import retort.trainer.pretrained.Hints;
import retort.trainer.pretrained.PretrainedEncoder;
import retort.trainer.weights.SafeTensors;
import retort.trainer.weights.WeightsException;
import retort.trainer.weights.WeightsFile;

/**
 * Writes the encoder of a trained model for timm or transformers, under the names of the library, with no key missing. The export is refused
 * if the library has no place for a tensor that takes part in the computation. Blocking; any thread.
 */
public final class ModelExport {
    private static final String WEIGHTS = "weights.safetensors";
    /** File beside the weights in a checkpoint of Retort. */
    private static final String STATE = "checkpoint.json";

    private ModelExport() {
    }

    /**
     * The source of an export and the facts that go with it.
     *
     * @param from a checkpoint's folder, or any file of weights
     * @param model name of one of several models in a file; empty for timm's preference
     * @param given facts about the encoder that the file does not hold
     * @param newHead number of classes of a new head, all zeros like a new head of timm; empty to keep the head of the file, if any
     * @param images facts about the training images
     * @param scores lines of evaluations for the model card
     */
    public record Request(Path from, Optional<String> model, Hints given, OptionalInt newHead, Preprocessing images,
            List<String> scores) {
        /** A request without any facts beside the weights. */
        public static Request of(Path from) {
            return new Request(from, Optional.empty(), Hints.NONE, OptionalInt.empty(), Preprocessing.UNKNOWN, List.of());
        }
    }

    /**
     * A finished export.
     *
     * @param place the file or folder
     * @param digest length and SHA-256 of the file of weights
     * @param model the Python expression that makes the model for these weights
     * @param loading the Python expression that loads them
     * @param leftOut names of tensors that the library has no place for
     * @param notes sentences for people about choices that were made
     */
    public record Exported(Path place, FileDigest digest, String model, String loading, SortedSet<String> leftOut,
            List<String> notes) {
    }

    /** The checkpoint that {@code from} names by its folder or its file of weights; empty if it is no checkpoint of Retort. */
    public static Optional<Checkpoint> checkpoint(Path from) {
        return Checkpoint.beside(weights(from));
    }

    /**
     * Exports an encoder.
     *
     * @param to a file whose name ends with .safetensors, or a folder that is new, empty or an earlier export; it is replaced as a whole
     * @throws WeightsException if there is no whole encoder, the library cannot hold it, or {@code to} must not be written
     * @throws UncheckedIOException if the files cannot be read or written; an earlier export is unchanged
     */
    public static Exported export(Request request, Target target, Path to) {
        final Path file = weights(request.from());
        final boolean single = to.toString().endsWith(".safetensors");
        requireAnotherPlace(WeightsFile.files(file), to);
        if (single && target != Target.TIMM)
            throw new WeightsException(to + " is one file, and transformers loads a folder: give the name of a folder");
        final Optional<Checkpoint> trained = Checkpoint.beside(file);
        final PretrainedEncoder encoder = PretrainedEncoder.read(file, request.model(), request.given());
        final ExportedModel model = model(encoder, trained, request, target, file);
        requireClassNames(model, request.images());
        final VitVariant variant = model.shape().variant();
        final Map<String, String> metadata = Map.of("format", "pt", "model", model.expression(), "heads",
                Integer.toString(model.shape().heads()), "epsilon", Double.toString(variant.epsilon()), "activation",
                variant.mlp().toString());
        final FileDigest digest = single
                ? SafeTensors.write(to, model.tensors(), metadata)
                : folder(to, model, metadata, request, trained);
        final String loading = single
                ? "model.load_state_dict(safetensors.torch.load_file(\"" + to + "\"))"
                : model.loading(to.toString());
        final List<String> notes = new ArrayList<>(encoder.notes());
        if (target == Target.TIMM && model.classes() == 0 && variant.classToken())
            notes.add(
                    "without a head timm's model answers with the mean of the patches, as Retort's k-NN does; global_pool=\"token\""
                            + " answers with the class token");
        return new Exported(to, digest, model.expression(), loading, model.leftOut(), notes);
    }

    private static ExportedModel model(PretrainedEncoder encoder, Optional<Checkpoint> trained, Request request, Target target,
            Path file) {
        final Optional<Pooling> pooling = trained.map(checkpoint -> checkpoint.state().architecture().getPooling())
                .filter(name -> !name.isEmpty()).map(Pooling::named);
        if (trained.isPresent() && encoder.tensors().containsKey("head_dist.weight"))
            throw new WeightsException("weights " + file
                    + " cannot be exported: head_dist.weight: a classifier with a distillation"
                    + " token answers with the mean of two heads, and the exported models have one: export a classifier without"
                    + " distillation-token, or the model it began from");
        try {
            return switch (target) {
                case TIMM -> TimmModel.of(encoder, pooling, request.newHead(), file.toString());
                case TRANSFORMERS -> TransformersModel.vit(encoder, pooling, request.newHead());
                case TRANSFORMERS_MAE -> TransformersModel.mae(encoder, trained.map(Checkpoint::state));
            };
        } catch (WeightsException e) {
            throw new WeightsException("weights " + file + " cannot be exported: " + e.getMessage(), e);
        }
    }

    private static Path weights(Path from) {
        return Files.isDirectory(from) ? from.resolve(WEIGHTS) : from;
    }

    private static FileDigest folder(Path to, ExportedModel model, Map<String, String> metadata, Request request,
            Optional<Checkpoint> trained) {
        try {
            return ModelFolder.write(to, model, metadata, request.images(),
                    ModelCard.of(model, trained, request.images(), request.scores()));
        } catch (IOException e) {
            throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void requireClassNames(ExportedModel model, Preprocessing images) {
        final int names = images.classNames().size();
        if (names > 0 && names != model.classes())
            throw new WeightsException(names + " class names do not fit a head of " + model.classes() + " classes");
    }

    /** Checks that no weights or checkpoint are overwritten, because an export may lack the decoder and the projection heads. */
    private static void requireAnotherPlace(List<Path> sources, Path to) {
        try {
            if (to.toString().matches(".*\\.(pth|pt|bin|ckpt|pkl)"))
                throw new WeightsException(to + " has the ending of a pickle, and export writes safetensors: end the name with"
                        + " .safetensors, or give a folder");
            final Path target = Files.exists(to) ? to.toRealPath() : to.toAbsolutePath().normalize();
            for (final Path source : sources) {
                if (Files.exists(to) && Files.isSameFile(source, to))
                    throw new WeightsException(
                            to + " is the file that is exported, under this name or another: give another path");
                if (Files.isDirectory(target) && source.toRealPath().startsWith(target))
                    throw new WeightsException(to + " is the folder of the file that is exported, " + source
                            + ": give another path");
            }
            if (Files.exists(target.resolveSibling(STATE)) || Files.exists(target.resolve(STATE)))
                throw new WeightsException(to + " lies in the folder of a checkpoint, whose files are written once: give a path"
                        + " outside of it");
        } catch (IOException e) {
            throw new UncheckedIOException("export cannot look at " + to + ": " + e.getMessage(), e);
        }
    }
}
