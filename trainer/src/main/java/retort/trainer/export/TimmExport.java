package retort.trainer.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import retort.digest.FileDigest;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;
import retort.trainer.weights.StateDictFit;
import retort.trainer.weights.WeightsException;
import retort.trainer.weights.WeightsFile;

/**
 * Writes the encoder of a trained model as a safetensors file that timm's {@code vit_*} loads with no key missing. MAE's names are
 * timm's, so the work is to choose: decoder, mask token and projection heads stay behind, and {@code norm} too where
 * {@code fc_norm} takes its place.
 */
public final class TimmExport {
    private static final String WEIGHTS = "weights.safetensors";
    /** Stands beside the weights of a checkpoint of Retort. */
    private static final String STATE = "checkpoint.json";

    private TimmExport() {
    }

    /**
     * What was written.
     *
     * @param model the Python expression that makes the model it loads into
     * @param leftOut names of tensors that timm has no place for
     */
    public record Exported(Path file, FileDigest digest, String model, SortedSet<String> leftOut) {
    }

    /**
     * @param from a checkpoint's directory, or any file of weights
     * @param to written anew
     * @param newHead adds a head of that many classes, all zeros as timm's own begins; empty keeps the one there is, or none
     * @throws WeightsException where {@code from} holds no whole encoder
     */
    public static Exported export(Path from, Path to, OptionalInt newHead) {
        final Path file = Files.isDirectory(from) ? from.resolve(WEIGHTS) : from;
        requireAnotherPlace(file, to);
        final StateDictFit encoder = encoder(WeightsFile.read(file), newHead, file.toString());
        final TimmShape shape = TimmShape.of(encoder.fitting());
        final FileDigest digest = SafeTensors.write(to, encoder.fitting(), Map.of("format", "pt", "model", shape.model()));
        return new Exported(to, digest, shape.model(), encoder.unexpected());
    }

    /** An export lacks the decoder and the projection heads, so it must not take the place of weights that have them. */
    private static void requireAnotherPlace(Path from, Path to) {
        try {
            if (Files.exists(to) && Files.isSameFile(from, to))
                throw new WeightsException(to + " is the file that is exported, under this name or another: give another path");
            final Path target = Files.exists(to) ? to.toRealPath() : to.toAbsolutePath().normalize();
            if (Files.exists(target.resolveSibling(STATE)))
                throw new WeightsException(to + " lies in the folder of a checkpoint, whose files are written once: give a path"
                        + " outside of it");
        } catch (IOException e) {
            throw new UncheckedIOException("export cannot look at " + to + ": " + e.getMessage(), e);
        }
    }

    /** The encoder's tensors, and as unexpected what is left out. */
    static StateDictFit encoder(Map<String, HostTensor> trained, OptionalInt newHead, String source) {
        final Map<String, HostTensor> tensors = new LinkedHashMap<>(trained);
        final TimmShape found = TimmShape.of(tensors);
        if (newHead.isPresent()) {
            if (found.classes() > 0)
                throw new WeightsException(source + " has a head of " + found.classes() + " classes already: add none");
            final int classes = newHead.getAsInt();
            tensors.put("head.weight", HostTensor.ofFloats(new float[classes * found.width()], classes, found.width()));
            tensors.put("head.bias", HostTensor.ofFloats(new float[classes], classes));
        }
        final StateDictFit fit = StateDictFit.of(tensors, TimmShape.of(tensors).places());
        fit.allowing(fit.unexpected()).orRefuse(source, "timm's VisionTransformer", "nothing: the weights are broken");
        return fit;
    }
}
