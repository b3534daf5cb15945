package retort.trainer.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import retort.digest.FileDigest;
import retort.file.WholeFile;
import retort.trainer.weights.SafeTensors;
import retort.trainer.weights.WeightsException;

/**
 * A folder that {@code timm.create_model("local-dir:FOLDER", pretrained=True)} loads: {@code model.safetensors},
 * {@code config.json} and a model card. The folder is written under another name and renamed into place, so it appears as a whole or not
 * at all.
 */
final class TimmFolder {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private TimmFolder() {
    }

    /**
     * Writes a folder.
     *
     * @param to a folder that does not exist, or is empty
     * @param card text of README.md
     * @return length and SHA-256 of the file of weights
     * @throws WeightsException if the folder is not empty
     */
    static FileDigest write(Path to, TimmModel model, Map<String, String> metadata, Preprocessing images, String card)
            throws IOException {
        final Path place = to.toAbsolutePath().normalize();
        if (Files.exists(place) && !isEmptyFolder(place))
            throw new WeightsException(to + " exists already: give a folder that does not exist or is empty");
        final Path parent = place.getParent();
        if (parent == null)
            throw new WeightsException(to + " is the root of a file system: give a folder in it");
        Files.createDirectories(parent);
        final Path aside = Files.createTempDirectory(parent, "." + place.getFileName() + ".aside-");
        try {
            final FileDigest digest = SafeTensors.write(aside.resolve("model.safetensors"), model.tensors(), metadata);
            WholeFile.write(aside.resolve("config.json"), config(model, images));
            WholeFile.write(aside.resolve("README.md"), card.getBytes(StandardCharsets.UTF_8));
            Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            WholeFile.sync(parent);
            return digest;
        } finally {
            delete(aside);
        }
    }

    private static byte[] config(TimmModel model, Preprocessing images) throws IOException {
        final ObjectNode config = JSON.createObjectNode().put("architecture", model.architecture())
                .put("num_classes", model.classes()).put("num_features", model.shape().width());
        final ObjectNode arguments = config.putObject("model_args");
        // timm reads num_classes from the key above. Readers other than timm need the width and the heads as well.
        model.arguments().forEach((name, value) -> {
            if (!name.equals("num_classes"))
                arguments.set(name, JSON.valueToTree(value instanceof Optional<?> ? null : value));
        });
        if (!arguments.has("num_heads"))
            arguments.put("embed_dim", model.shape().width()).put("num_heads", model.shape().heads());
        final ObjectNode pretrained = config.putObject("pretrained_cfg").put("num_classes", model.classes())
                .put("first_conv", "patch_embed.proj").put("classifier", "head").put("interpolation", "bicubic")
                .put("fixed_input_size", true);
        array(pretrained.putArray("input_size"),
                List.of(model.shape().channels(), model.shape().image(), model.shape().image()));
        if (!images.mean().isEmpty()) {
            array(pretrained.putArray("mean"), images.mean());
            array(pretrained.putArray("std"), images.std());
        }
        if (!images.classNames().isEmpty())
            array(config.putArray("label_names"), images.classNames());
        return JSON.writeValueAsBytes(config);
    }

    private static void array(ArrayNode array, List<?> values) {
        values.forEach(value -> array.add(JSON.valueToTree(value)));
    }

    private static boolean isEmptyFolder(Path place) throws IOException {
        if (!Files.isDirectory(place))
            return false;
        try (Stream<Path> inside = Files.list(place)) {
            return inside.findAny().isEmpty();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder))
            return;
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path file : files.toList())
                Files.deleteIfExists(file);
        }
        Files.deleteIfExists(folder);
    }
}
