package retort.trainer.learn;

import java.util.Map;
import java.util.TreeMap;
import retort.settings.SettingException;
import retort.trainer.model.VitShape;

/**
 * All that a run's steps depend on, beside weights, images and their order.
 *
 * @param model the one that learns
 * @param seed of first weights, masks and every other draw
 */
public record LearnerSpec(VitShape model, Objective objective, OptimizerSettings optimizer, Precision precision,
        PixelStatistics pixels, long seed) {
    public LearnerSpec {
        objective.check(model);
        if (pixels.channels() != model.channels())
            throw new SettingException("the model takes images of " + model.channels() + " channels and the stream has "
                    + pixels.channels());
    }

    /** The configuration of {@code dmae.py} for this run. */
    Map<String, Object> attributes() {
        final Map<String, Object> all = new TreeMap<>(Map.of(
                "product", precision.torchType(), "patch", model.patch(), "heads", model.heads(), "depth", model.depth(),
                "beta1", optimizer.beta1(), "beta2", optimizer.beta2(), "clip", optimizer.clip(), "micro_batches",
                optimizer.microBatches()));
        switch (objective) {
            case Objective.Pretrain pretrain -> {
                all.putAll(attributes(pretrain.reconstruction()));
                all.putAll(attributes(pretrain.visible(), pretrain.visible()));
            }
            case Objective.Distill distill -> {
                distill.reconstruction().ifPresent(reconstruction -> all.putAll(attributes(reconstruction)));
                all.putAll(attributes(distill.visible(), distill.teacherVisible()));
                all.putAll(attributes(distill));
            }
        }
        return all;
    }

    private static Map<String, Object> attributes(Objective.Reconstruction reconstruction) {
        return Map.of("decoder_heads", reconstruction.decoder().heads(), "decoder_depth", reconstruction.decoder().depth(),
                "norm_pix", reconstruction.normPix());
    }

    private static Map<String, Object> attributes(int visible, int teacherVisible) {
        return Map.of("visible", visible, "teacher_visible", teacherVisible);
    }

    private Map<String, Object> attributes(Objective.Distill distill) {
        return Map.of("depth", distill.studentDepth(model), "student_blocks", distill.studentBlocks(),
                "teacher_blocks", distill.teacherBlocks(), "teacher_heads", distill.teacher().heads(),
                "projection", distill.projection().toString(), "distance", distill.distance().toString(),
                "unit_features", distill.unitFeatures(), "reconstruction_weight", distill.reconstructionWeight(),
                "distillation_weight", distill.distillationWeight());
    }
}
