package retort.trainer.pipeline;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import retort.settings.Identity;
import retort.trainer.objective.Comparison;
import retort.trainer.objective.Distance;
import retort.trainer.objective.DropPath;
import retort.trainer.objective.Generator;
import retort.trainer.objective.SecondTeacher;
import retort.trainer.objective.TeacherSource;

/**
 * Finds the settings that have no effect on a run, because another one of its settings replaces them. Two runs that differ in them alone end
 * with the same bytes.
 */
final class WithoutEffect {
    private static final String ZERO = "0";

    private WithoutEffect() {
    }

    /** @return keys; the key of an object stands for all keys in it */
    static Set<String> in(Identity run) {
        final Map<String, String> settings = run.settings();
        // The teacher itself is compared: the content of its weights, its heads and its epsilon.
        final Set<String> keys = new HashSet<>(Set.of(TeacherSource.MODEL, SecondTeacher.KEY + "." + TeacherSource.MODEL));
        if (isSet(settings, "optimizer.lr"))
            keys.add("optimizer.base-lr");
        if (isZero(settings, "optimizer.weight-decay"))
            keys.add("optimizer.decay-tokens");
        if (isSet(settings, "visible-patches"))
            keys.add("mask-ratio");
        if (isZero(settings, "reconstruction-weight"))
            keys.addAll(Set.of("decoder", "norm-pix"));
        if (!settings.containsKey(TeacherSource.KEY))
            keys.addAll(Set.of("temperature", "logits-weight"));
        if ("true".equals(settings.get("distillation-token")))
            keys.add("temperature"); // the teacher's first choice is learned
        if (!Distance.SMOOTH_L1.toString().equals(settings.get(Comparison.DISTANCE)))
            keys.add(Comparison.BETA);
        if (Distance.COSINE.toString().equals(settings.get(Comparison.DISTANCE)))
            keys.add(Comparison.CHANNELS); // a cosine has no channels
        if (!isSet(settings, Generator.DEPTH))
            keys.add(Generator.WEIGHT);
        if ("false".equals(settings.getOrDefault(Comparison.STANDARDIZED, "false")))
            keys.add(Comparison.EPSILON);
        if (!isSet(settings, DropPath.RATE))
            keys.add(DropPath.UNIFORM);
        if (!settings.containsKey(SecondTeacher.WEIGHTS))
            keys.addAll(SecondTeacher.OWN);
        keys.addAll(ofMixing(settings));
        return keys;
    }

    private static Set<String> ofMixing(Map<String, String> settings) {
        final boolean mixup = isSet(settings, "mixup");
        final boolean cutmix = isSet(settings, "cutmix");
        if (isZero(settings, "mix-probability"))
            return Set.of("mixup", "cutmix", "cutmix-share");
        if (mixup && cutmix)
            return Set.of();
        return mixup || cutmix ? Set.of("cutmix-share") : Set.of("cutmix-share", "mix-probability");
    }

    private static boolean isZero(Map<String, String> settings, String key) {
        return ZERO.equals(settings.get(key));
    }

    private static boolean isSet(Map<String, String> settings, String key) {
        return settings.containsKey(key) && !isZero(settings, key);
    }
}
