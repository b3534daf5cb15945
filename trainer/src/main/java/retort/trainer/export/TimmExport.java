package retort.trainer.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import retort.digest.FileDigest;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.model.Pooling;
import retort.trainer.pretrained.Hints;
import retort.trainer.pretrained.PretrainedEncoder;
import retort.trainer.weights.SafeTensors;
import retort.trainer.weights.WeightsException;

/**
 * Writes the encoder of a trained model for timm, under timm's names, with no key missing. Decoder, mask token and projection heads are
 * left out. The export is refused if timm has no place for a tensor that takes part in the computation. Blocking; any thread.
 */
public final class TimmExport {
    private static final String WEIGHTS = "weights.safetensors";
    /** File beside the weights in a checkpoint of Retort. */
    private static final String STATE = "checkpoint.json";

    private TimmExport() {
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
     * @param leftOut names of tensors that timm has no place for
     * @param notes sentences for people about choices that were made
     */
    public record Exported(Path place, FileDigest digest, String model, SortedSet<String> leftOut, List<String> notes) {
    }

    /**
     * Exports an encoder.
     *
     * @param to a file whose name ends with .safetensors, which is replaced as a whole, or a folder that is new or empty
     * @throws WeightsException if there is no whole encoder, timm cannot hold it, or {@code to} must not be written
     * @throws UncheckedIOException if the files cannot be read or written; an earlier export is unchanged
     */
    public static Exported export(Request request, Path to) {
        final Path file = Files.isDirectory(request.from()) ? request.from().resolve(WEIGHTS) : request.from();
        requireAnotherPlace(file, to);
        final Optional<Checkpoint> trained = Checkpoint.beside(file);
        final PretrainedEncoder encoder = PretrainedEncoder.read(file, request.model(), request.given());
        final Optional<Pooling> pooling = trained.map(checkpoint -> checkpoint.state().architecture().getPooling())
                .filter(name -> !name.isEmpty()).map(Pooling::named);
        final TimmModel model = TimmModel.of(encoder, pooling, request.newHead(), file.toString());
        requireClassNames(model, request.images());
        final Map<String, String> metadata = Map.of("format", "pt", "model", model.expression(), "heads",
                Integer.toString(model.shape().heads()), "epsilon", Double.toString(model.shape().variant().epsilon()));
        final FileDigest digest = to.toString().endsWith(".safetensors")
                ? SafeTensors.write(to, model.tensors(), metadata)
                : folder(to, model, metadata, request, trained);
        return new Exported(to, digest, model.expression(), model.leftOut(), encoder.notes());
    }

    private static FileDigest folder(Path to, TimmModel model, Map<String, String> metadata, Request request,
            Optional<Checkpoint> trained) {
        try {
            return TimmFolder.write(to, model, metadata, request.images(),
                    ModelCard.of(model, trained, request.images(), request.scores()));
        } catch (IOException e) {
            throw new UncheckedIOException("export to folder " + to + " failed: " + e.getMessage(), e);
        }
    }

    private static void requireClassNames(TimmModel model, Preprocessing images) {
        final int names = images.classNames().size();
        if (names > 0 && names != model.classes())
            throw new WeightsException(names + " class names do not fit a head of " + model.classes() + " classes");
    }

    /** Checks that no weights or checkpoint are overwritten, because an export lacks the decoder and the projection heads. */
    private static void requireAnotherPlace(Path from, Path to) {
        try {
            if (to.toString().matches(".*\\.(pth|pt|bin|ckpt|pkl)"))
                throw new WeightsException(to + " has the ending of a pickle, and export writes safetensors: end the name with"
                        + " .safetensors, or give a folder");
            if (Files.exists(to) && Files.isSameFile(from, to))
                throw new WeightsException(to + " is the file that is exported, under this name or another: give another path");
            final Path target = Files.exists(to) ? to.toRealPath() : to.toAbsolutePath().normalize();
            if (Files.exists(target.resolveSibling(STATE)) || Files.exists(target.resolve(STATE)))
                throw new WeightsException(to + " lies in the folder of a checkpoint, whose files are written once: give a path"
                        + " outside of it");
        } catch (IOException e) {
            throw new UncheckedIOException("export cannot look at " + to + ": " + e.getMessage(), e);
        }
    }
}
