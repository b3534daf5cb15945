package retort.trainer.learn;

import static java.util.Map.entry;

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
            case Objective.Finetune finetune -> {
                all.putAll(Map.of("classes", finetune.classes(), "smoothing", finetune.smoothing(), "pooling",
                        finetune.pooling().toString()));
                finetune.teacher().ifPresent(teacher -> all.putAll(attributes(teacher)));
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
        return Map.ofEntries(entry("depth", distill.studentDepth(model)), entry("student_blocks", distill.studentBlocks()),
                entry("teacher_heads", distill.teacher().heads()),
                entry("teacher_epsilon", distill.teacher().variant().epsilon()), entry("teacher_depth", distill.teacherDepth()),
                entry("teacher_blocks", distill.teacherBlocks()), entry("projection", distill.projection().toString()),
                entry("distance", distill.distance().toString()), entry("unit_features", distill.unitFeatures()),
                entry("first_weight", distill.reconstructionWeight()),
                entry("distillation_weight", distill.distillationWeight()));
    }

    private static Map<String, Object> attributes(Objective.LogitTeacher teacher) {
        return Map.of("teacher_heads", teacher.shape().heads(), "teacher_epsilon", teacher.shape().variant().epsilon(),
                "teacher_depth", teacher.shape().depth(), "teacher_pooling",
                teacher.pooling().toString(), "temperature", teacher.temperature(), "first_weight", 1 - teacher.weight(),
                "distillation_weight", teacher.weight());
    }
}
