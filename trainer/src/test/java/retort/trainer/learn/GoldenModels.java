package retort.trainer.learn;

import retort.trainer.objective.Comparison;
import retort.trainer.objective.Distance;
import retort.trainer.objective.AlignedPair;
import retort.trainer.objective.Reconstruction;
import retort.trainer.objective.Distill;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import retort.trainer.golden.GoldenSet;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Projection;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;

/** The common parts of the golden sets for distillation: shapes, weights, images and noise. */
final class GoldenModels {
    /** The images are normalised already, and these statistics make the program's own normalisation change nothing. */
    static final PixelStatistics AS_THEY_ARE = new PixelStatistics(List.of(0.0, 0.0, 0.0),
            List.of(1 / 255.0, 1 / 255.0, 1 / 255.0));

    private GoldenModels() {
    }

    static VitShape vit(JsonNode arch) {
        return new VitShape(arch.required("img_size").asInt(), arch.required("patch_size").asInt(), 3,
                arch.required("embed_dim").asInt(), arch.required("depth").asInt(), arch.required("num_heads").asInt());
    }

    static DecoderShape decoder(JsonNode arch) {
        return new DecoderShape(arch.required("decoder_embed_dim").asInt(), arch.required("decoder_depth").asInt(),
                arch.required("decoder_num_heads").asInt());
    }

    static Projection projection(JsonNode student) {
        return switch (student.required("projection").asText()) {
            case "fc-1layer" -> Projection.FC;
            case "mlp-1layer" -> Projection.MLP;
            case "mlp-2layer" -> Projection.MLP2;
            default -> throw new IllegalArgumentException("unknown projection " + student.required("projection"));
        };
    }

    static List<AlignedPair> pairs(JsonNode json) {
        final List<AlignedPair> pairs = new ArrayList<>();
        for (int i = 0; i < json.required("student_blocks").size(); i++)
            pairs.add(new AlignedPair(json.required("student_blocks").get(i).asInt(),
                    json.required("teacher_blocks").get(i).asInt()));
        return pairs;
    }

    /** The objective that a set describes. */
    static Distill distill(JsonNode json, Distance distance, boolean normPix) {
        final int visible = Masking.visible(json.required("num_patches").asInt(), json.required("mask_ratio").asDouble());
        final var reconstruction = new Reconstruction(decoder(json.required("student").required("arch")), normPix);
        return new Distill(Optional.of(reconstruction), visible, visible,
                vit(json.required("teacher").required("arch")),
                pairs(json), projection(json.required("student")), new Comparison(distance, true), 1, 1);
    }

    static Map<String, HostTensor> tensors(GoldenSet set) {
        return SafeTensors.read(set.file(set.json().required("tensors").asText()));
    }

    static Map<String, HostTensor> teacher(GoldenSet set) {
        return SafeTensors.read(set.file(set.json().required("teacher").required("weights").asText()));
    }

    /** The student's weights, with the projection heads of the set if it has some. */
    static Map<String, HostTensor> student(GoldenSet set) {
        final JsonNode student = set.json().required("student");
        final Map<String, HostTensor> weights = new LinkedHashMap<>(
                SafeTensors.read(set.file(student.required("weights").asText())));
        if (student.hasNonNull("head_weights")) {
            weights.keySet().removeIf(name -> name.startsWith("aligned_feature_projection_heads."));
            weights.putAll(SafeTensors.read(set.file(student.required("head_weights").asText())));
        }
        return weights;
    }

    /** Computes masking orders from noise of shape (..., L). */
    static long[] orders(HostTensor noise) {
        final int patches = Math.toIntExact(noise.shape()[noise.shape().length - 1]);
        final float[] values = noise.asFloat32().floats();
        final long[] orders = new long[values.length];
        for (int from = 0; from < values.length; from += patches)
            System.arraycopy(Masking.order(java.util.Arrays.copyOfRange(values, from, from + patches)), 0, orders, from, patches);
        return orders;
    }

    /** Reorders values of shape (N, 3, H, W) to the program's (N, H, W, 3). */
    static NDArray images(NDManager manager, float[] values, int side) {
        final float[] last = new float[values.length];
        final int area = side * side;
        for (int i = 0; i < values.length; i++)
            last[i / (3 * area) * 3 * area + i % area * 3 + i / area % 3] = values[i];
        return manager.create(last, new Shape(values.length / (3 * area), side, side, 3));
    }
}
