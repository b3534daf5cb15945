package retort.trainer.settings;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import retort.settings.Section;
import retort.trainer.learn.LrSchedule;
import retort.trainer.learn.OptimizerSettings;
import retort.trainer.learn.Precision;

/**
 * One run: an object of {@code trainer.runs} over the defaults beside it.
 *
 * @param name its id: names its checkpoints, its events and its owner
 * @param seed of initial weights, masks and every other draw
 */
public record RunSettings(String name, String stream, RunStart start, long steps, int batch, Precision precision, long seed,
        EncoderSettings model, ObjectiveSettings objective, OptimizerSettings optimizer, CheckpointInterval checkpoints) {
    private static final Set<String> KEYS = Set.of("name", "objective", "stream", "start", "steps", "batch", "precision", "seed",
            "checkpoint-every", "checkpoints-per-run", "model", "teacher", "teacher-model", "optimizer");
    private static final Set<String> MASKED_KEYS = Set.of("decoder", "mask-ratio", "visible-patches",
            "teacher-visible-patches", "norm-pix", "reconstruction-weight", "student-blocks", "teacher-blocks", "projection",
            "distance", "unit-features", "distillation-weight");
    private static final Set<String> FINETUNE_KEYS = Set.of("init", "init-allow", "pooling", "classes", "smoothing", "drop-path",
            "mixup", "cutmix", "mix-probability", "cutmix-share", "erase", "temperature", "logits-weight");
    private static final Set<String> OPTIMIZER_KEYS = Set.of("base-lr", "lr", "min-lr", "warm-up", "beta1", "beta2",
            "weight-decay", "decay-tokens", "clip", "layer-decay", "micro-batches");

    /**
     * @param given the object
     * @param defaults {@code trainer}
     * @param seed of the process, for runs that give none
     */
    static RunSettings of(Section given, Section defaults, long seed) {
        final Section run = over(given, defaults);
        final String name = run.string("name");
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}"))
            throw run.error("name", name, "must be letters, digits, '.', '_' and '-', a hundred at most");
        final int batch = run.integer("batch", 1, 1 << 20);
        final long steps = run.number("steps", 1, Long.MAX_VALUE);
        return new RunSettings(name, run.string("stream"), RunStart.of(run, "start"), steps, batch, precision(run),
                run.has("seed") ? run.number("seed", Long.MIN_VALUE, Long.MAX_VALUE) : seed, EncoderSettings.of(run, "model"),
                ObjectiveSettings.of(run), optimizer(run.section("optimizer"), batch, steps), CheckpointInterval.of(run));
    }

    /** With the defaults of its objective. */
    private static Section over(Section given, Section defaults) {
        final boolean classifies = given.has("objective") && given.string("objective").equals("finetune");
        final Set<String> known = new HashSet<>(KEYS);
        known.addAll(classifies ? FINETUNE_KEYS : MASKED_KEYS);
        final Section own = given.only(known);
        return (classifies ? own.withFallback(defaults.section("finetune")) : own).withFallback(defaults);
    }

    private static Precision precision(Section run) {
        return Precision.valueOf(run.oneOf("precision", Arrays.stream(Precision.values())
                .map(each -> each.name().toLowerCase(Locale.ROOT)).collect(Collectors.toSet())).toUpperCase(Locale.ROOT));
    }

    private static OptimizerSettings optimizer(Section section, int batch, long steps) {
        section.only(OPTIMIZER_KEYS);
        final double given = section.real("lr", 0, 1e3);
        final double peak = given > 0 ? given : LrSchedule.peak(section.real("base-lr", 0, 1e3), batch);
        final int microBatches = section.integer("micro-batches", 1, batch);
        if (batch % microBatches != 0)
            throw section.error("micro-batches", microBatches, "must divide the batch, " + batch);
        final LrSchedule schedule = new LrSchedule(peak, section.real("min-lr", 0, peak), section.real("warm-up", 0, 1) * steps,
                steps);
        return new OptimizerSettings(schedule, section.real("beta1", 0, 0.999999), section.real("beta2", 0, 0.9999999),
                section.real("weight-decay", 0, 1e3), section.bool("decay-tokens"), section.real("layer-decay", 1e-3, 1),
                section.real("clip", 0, 1e9),
                microBatches);
    }

    /** Everything here that shapes the result, by key: a run that goes on must find the same in its checkpoint. */
    public SortedMap<String, String> shaping() {
        final SortedMap<String, String> all = new TreeMap<>();
        all.put("objective", objective.word());
        all.put("stream", stream);
        all.put("start", start.toString());
        all.put("steps", Long.toString(steps));
        all.put("batch", Integer.toString(batch));
        all.put("precision", precision.name().toLowerCase(Locale.ROOT));
        all.put("seed", Long.toString(seed));
        all.put("model", model.toString());
        all.put("optimizer", optimizer.toString());
        switch (objective) {
            case ObjectiveSettings.Pretrain pretrain -> {
                all.putAll(shaping(pretrain.mask()));
                all.put("reconstruction", pretrain.reconstruction().toString());
            }
            case ObjectiveSettings.Distill distill -> {
                all.putAll(shaping(distill.mask()));
                all.put("reconstruction", distill.reconstruction().map(Object::toString).orElse("none"));
                all.put("reconstruction-weight", Double.toString(distill.reconstructionWeight()));
                all.put("teacher", distill.teacher().toString());
                all.put("teacher-model", distill.teacherModel().map(Object::toString).orElse("as the teacher says"));
                all.put("teacher-visible-patches", Integer.toString(distill.teacherVisible()));
                all.put("aligned blocks", distill.pairs().toString());
                all.put("projection", distill.projection().toString());
                all.put("distance", distill.distance().toString());
                all.put("unit-features", Boolean.toString(distill.unitFeatures()));
                all.put("distillation-weight", Double.toString(distill.distillationWeight()));
            }
            case ObjectiveSettings.Finetune finetune -> {
                all.put("init", finetune.init().map(Object::toString).orElse("scratch"));
                all.put("init-allow", finetune.initAllow().toString());
                all.put("pooling", finetune.pooling().toString());
                all.put("classes", Integer.toString(finetune.classes()));
                all.put("smoothing", Double.toString(finetune.smoothing()));
                all.put("drop-path", Double.toString(finetune.dropPath()));
                all.put("augmentation", finetune.augmentation().toString());
                all.put("teacher", finetune.teacher().map(Object::toString).orElse("none"));
            }
        }
        return all;
    }

    private static Map<String, String> shaping(MaskSettings mask) {
        return Map.of("mask-ratio", Double.toString(mask.ratio()), "visible-patches", Integer.toString(mask.visible()));
    }

    /** Whose weights it needs before it can begin. */
    public List<WeightsSource> sources() {
        return switch (objective) {
            case ObjectiveSettings.Pretrain _ -> List.of();
            case ObjectiveSettings.Distill distill -> List.of(distill.teacher());
            case ObjectiveSettings.Finetune finetune ->
                Stream.concat(finetune.init().stream(), finetune.teacher().map(ObjectiveSettings.LogitTeacher::source).stream())
                        .toList();
        };
    }
}
