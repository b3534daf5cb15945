package retort.trainer.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import retort.digest.FileDigest;
import retort.file.WholeFile;
import retort.file.WholeFolder;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;
import retort.trainer.weights.WeightsException;

/**
 * A folder that timm or transformers loads: {@code model.safetensors}, {@code config.json} and a model card, and for transformers the
 * {@code preprocessor_config.json} of its image processor.
 */
final class ModelFolder {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String WEIGHTS = "model.safetensors";
    private static final String CONFIG = "config.json";
    private static final String CARD = "README.md";
    private static final String PROCESSOR = "preprocessor_config.json";

    private ModelFolder() {
    }

    /**
     * Writes a folder. An earlier export is replaced in one step, see {@link WholeFolder}.
     *
     * @param to a folder that does not exist, is empty, or is an earlier export
     * @param card text of README.md
     * @return length and SHA-256 of the file of weights
     * @throws IOException if the folder must not be replaced, or cannot be written
     */
    static FileDigest write(Path to, ExportedModel model, Map<String, String> metadata, Preprocessing images, String card)
            throws IOException {
        final AtomicReference<FileDigest> digest = new AtomicReference<>();
        final Map<String, HostTensor> tensors = model.tensors();
        WholeFolder.write(to, ModelFolder::isExport, folder -> {
            digest.set(SafeTensors.write(folder.resolve(WEIGHTS), tensors, metadata));
            WholeFile.write(folder.resolve(CONFIG), JSON.writeValueAsBytes(model.config(images)));
            WholeFile.write(folder.resolve(CARD), card.getBytes(StandardCharsets.UTF_8));
            if (model instanceof TransformersModel && !images.mean().isEmpty())
                WholeFile.write(folder.resolve(PROCESSOR), JSON.writeValueAsBytes(processor(model.shape().image(), images)));
        });
        return Objects.requireNonNull(digest.get());
    }

    /** Images are resized to the model's side by Pillow's bicubic filter, scaled to 0 to 1, and normalised. */
    private static ObjectNode processor(int side, Preprocessing images) {
        final ObjectNode processor = JSON.createObjectNode().put("image_processor_type", "ViTImageProcessor")
                .put("do_resize", true).put("do_rescale", true).put("rescale_factor", 1.0 / 255).put("do_normalize", true)
                .put("resample", 3);
        processor.putObject("size").put("height", side).put("width", side);
        processor.set("image_mean", JSON.valueToTree(images.mean()));
        processor.set("image_std", JSON.valueToTree(images.std()));
        return processor;
    }

    /** True if the folder has only the files of an export, and its weights have the metadata of one. */
    private static boolean isExport(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            final Set<String> known = Set.of(WEIGHTS, CONFIG, CARD, PROCESSOR);
            return files.allMatch(file -> known.contains(file.getFileName().toString()) && Files.isRegularFile(file))
                    && Files.exists(folder.resolve(WEIGHTS))
                    && SafeTensors.metadata(folder.resolve(WEIGHTS)).keySet().containsAll(Set.of("model", "heads", "epsilon"));
        } catch (IOException | WeightsException e) {
            return false;
        }
    }
}
