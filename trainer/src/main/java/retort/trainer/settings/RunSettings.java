package retort.trainer.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
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
            "checkpoint-every", "checkpoints-per-run", "model", "decoder", "mask-ratio", "visible-patches",
            "teacher-visible-patches", "norm-pix", "reconstruction-weight", "teacher", "teacher-model", "student-blocks",
            "teacher-blocks", "projection", "distance", "unit-features", "distillation-weight", "optimizer");
    private static final Set<String> OPTIMIZER_KEYS = Set.of("base-lr", "lr", "min-lr", "warm-up", "beta1", "beta2",
            "weight-decay", "decay-tokens", "clip", "micro-batches");

    /**
     * @param given the object
     * @param defaults {@code trainer}
     * @param seed of the process, for runs that give none
     */
    static RunSettings of(Section given, Section defaults, long seed) {
        final Section run = given.only(KEYS).withFallback(defaults);
        final String name = run.string("name");
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}"))
            throw run.error("name", name, "must be letters, digits, '.', '_' and '-', a hundred at most");
        final int batch = run.integer("batch", 1, 1 << 20);
        final long steps = run.number("steps", 1, Long.MAX_VALUE);
        return new RunSettings(name, run.string("stream"), RunStart.of(run, "start"), steps, batch, precision(run),
                run.has("seed") ? run.number("seed", Long.MIN_VALUE, Long.MAX_VALUE) : seed, EncoderSettings.of(run, "model"),
                ObjectiveSettings.of(run), optimizer(run.section("optimizer"), batch, steps), CheckpointInterval.of(run));
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
                section.real("weight-decay", 0, 1e3), section.bool("decay-tokens"), 1, section.real("clip", 0, 1e9),
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
        all.put("mask-ratio", Double.toString(objective.mask().ratio()));
        all.put("visible-patches", Integer.toString(objective.mask().visible()));
        all.put("optimizer", optimizer.toString());
        switch (objective) {
            case ObjectiveSettings.Pretrain pretrain -> all.put("reconstruction", pretrain.reconstruction().toString());
            case ObjectiveSettings.Distill distill -> {
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
        }
        return all;
    }
}
