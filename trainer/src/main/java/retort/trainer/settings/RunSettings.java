package retort.trainer.settings;

import com.typesafe.config.ConfigFactory;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import retort.record.Stream;
import retort.settings.Identity;
import retort.settings.Section;
import retort.settings.Settings;
import retort.trainer.images.SequenceRanges;
import retort.trainer.learn.LrSchedule;
import retort.trainer.learn.OptimizerSettings;
import retort.trainer.learn.Precision;
import retort.trainer.objective.EncoderSettings;
import retort.trainer.objective.ObjectiveFactory;
import retort.trainer.objective.ObjectiveSettings;
import retort.trainer.objective.Objectives;
import retort.trainer.objective.RunKeys;

/**
 * The settings of one run: an object of {@code trainer.runs} over its defaults.
 *
 * @param name id of the run; the names of its checkpoints, its events and the transactional id of its owner contain it
 * @param stream name of the stream that it trains on
 * @param start the place in the stream where a new run begins
 * @param steps number of optimiser steps; 0 if {@code epochs} give it, until {@link #on} knows the stream
 * @param epochs empty if the settings give the number of steps
 * @param batch number of images of a step
 * @param precision element type of matrix products; empty for {@code auto}, which {@link #with(Precision)} resolves
 * @param seed decides the first weights, the masks and every other draw
 * @param model shape of the encoder that learns
 * @param keep the checkpoints that are kept
 * @param skip the records of the stream that are not trained on
 * @param identity all settings that shape the result, by the user's own keys
 */
public record RunSettings(String name, String stream, RunStart start, long steps, Optional<Epochs> epochs, int batch,
        Optional<Precision> precision,
        long seed,
        EncoderSettings model, ObjectiveSettings objective, OptimizerSettings optimizer, CheckpointInterval checkpoints,
        KeepPolicy keep, SequenceRanges skip, Identity identity) {
    /** The key of the precision, in the settings and in the identity. */
    public static final String PRECISION = "precision";
    private static final String STEPS = "steps";
    /** The key of the micro-batches, in the settings and in the identity. */
    public static final String MICRO_BATCHES = "optimizer.micro-batches";
    private static final String AUTO = "auto";
    private static final Set<String> OPTIMIZER_KEYS = Set.of("base-lr", "lr", "min-lr", "warm-up", Epochs.WARM_UP, "beta1",
            "beta2",
            "weight-decay", "decay-tokens", "clip", "layer-decay", "micro-batches");

    /**
     * Reads the settings of one run.
     *
     * @param given the object
     * @param trainer the section {@code trainer}, whose keys are defaults of every run
     * @param processSeed seed of a run that gives none
     * @throws retort.settings.SettingException if a value is not allowed, or the run's objective does not know a key
     */
    static RunSettings of(Section given, Section trainer, long processSeed) {
        final ObjectiveFactory factory = Objectives.named(given);
        final Set<String> known = RunKeys.union(RunKeys.COMMON, factory.keys());
        final Section run = over(given.only(known), factory, trainer).keeping(known);
        final String name = run.string("name");
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}"))
            throw run.error("name", name, "must be letters, digits, '.', '_' and '-', a hundred at most");
        final int batch = run.integer("batch", 1, 1 << 20);
        final Section optimizer = run.section("optimizer").only(OPTIMIZER_KEYS);
        final Optional<Epochs> epochs = Epochs.of(run, optimizer);
        final long steps = epochs.isPresent() ? 0 : run.number(STEPS, 1, Long.MAX_VALUE);
        final double warmUp = epochs.map(Epochs::warmUp).orElseGet(() -> optimizer.real("warm-up", 0, 1));
        final long seed = run.has("seed") ? run.number("seed", Long.MIN_VALUE, Long.MAX_VALUE) : processSeed;
        return new RunSettings(name, run.string("stream"), RunStart.of(run, "start"), steps, epochs, batch,
                precision(run), seed, EncoderSettings.of(run, "model"), factory.settings(run),
                optimizer(optimizer, batch, warmUp, steps), CheckpointInterval.of(run), KeepPolicy.of(run.section("keep")),
                skip(run),
                identity(run, factory, seed, epochs));
    }

    private static Optional<Precision> precision(Section run) {
        return run.oneOf(PRECISION, Set.of(AUTO, Precision.FLOAT32.toString(), Precision.BFLOAT16.toString())).equals(AUTO)
                ? Optional.empty()
                : Optional.of(run.oneOf(PRECISION, Precision.values()));
    }

    /** The same settings with a precision, which is a part of the identity. A precision that the settings give is not replaced. */
    public RunSettings with(Precision found) {
        return precision.isPresent()
                ? this
                : new RunSettings(name, stream, start, steps, epochs, batch, Optional.of(found), seed, model, objective,
                        optimizer,
                        checkpoints,
                        keep, skip, identity.with(PRECISION, found.toString()));
    }

    /**
     * The same settings with the number of steps that a stream gives a run by epochs. The identity has this number, so a run by as many
     * steps is the same run.
     *
     * @throws retort.settings.SettingException if the stream has no epochs
     */
    public RunSettings on(Stream read) {
        return epochs.map(all -> lasting(all.steps(name, read, batch))).orElse(this);
    }

    /** The same settings for a run by epochs with {@code number} steps; a run by steps stays as it is. */
    public RunSettings lasting(long number) {
        return epochs.map(all -> new RunSettings(name, stream, start, number, epochs, batch, precision, seed, model, objective,
                optimizer.with(new LrSchedule(optimizer.schedule().peak(), optimizer.schedule().min(), all.warmUp() * number,
                        number)),
                checkpoints, keep, skip, identity.with(STEPS, Long.toString(number)))).orElse(this);
    }

    /** True if the number of micro-batches is left to the run and is not chosen yet. */
    public boolean leavesMicroBatches() {
        return AUTO.equals(identity.settings().get(MICRO_BATCHES));
    }

    /** The same settings with a number of micro-batches, which is a part of the identity. */
    public RunSettings withMicroBatches(int parts) {
        return new RunSettings(name, stream, start, steps, epochs, batch, precision, seed, model, objective,
                optimizer.withMicroBatches(parts),
                checkpoints, keep, skip, identity.with(MICRO_BATCHES, Integer.toString(parts)));
    }

    private static Section over(Section given, ObjectiveFactory factory, Section trainer) {
        final Section own = trainer.isSection(factory.name()) && !RunKeys.COMMON.contains(factory.name())
                ? given.withFallback(trainer.section(factory.name()))
                : given;
        return own.withFallback(new Section(ConfigFactory.parseString(factory.defaults()), "trainer")).withFallback(trainer);
    }

    private static Identity identity(Section run, ObjectiveFactory factory, long seed, Optional<Epochs> epochs) {
        final Section reference = Section.of(Settings.reference(), "trainer");
        final Section none = new Section(ConfigFactory.empty(), "trainer");
        final Identity known = run.identity(over(none, factory, reference), RunKeys.NOT_SHAPING).with("seed",
                Long.toString(seed));
        final Identity all = known.without(factory.laterKeys().entrySet().stream()
                .filter(later -> later.getValue().equals(known.settings().get(later.getKey()))).map(Map.Entry::getKey).toList());
        return epochs.map(by -> all.with("optimizer.warm-up", new BigDecimal(by.warmUp()).stripTrailingZeros().toPlainString()))
                .orElse(all);
    }

    private static SequenceRanges skip(Section run) {
        try {
            return SequenceRanges.parse(run.strings("skip"));
        } catch (IllegalArgumentException e) {
            throw run.error("skip", String.valueOf(e.getMessage()),
                    "must be sequences and ranges of them, such as [17, 1200-1299]");
        }
    }

    private static OptimizerSettings optimizer(Section section, int batch, double warmUp, long steps) {
        final double given = section.real("lr", 0, 1e3);
        final double peak = given > 0 ? given : LrSchedule.peak(section.real("base-lr", 0, 1e3), batch);
        // auto is one part until the run is resolved, see withMicroBatches
        final int microBatches = section.string("micro-batches").equals(AUTO) ? 1 : section.integer("micro-batches", 1, batch);
        if (batch % microBatches != 0)
            throw section.error("micro-batches", microBatches, "must divide the batch, " + batch);
        final LrSchedule schedule = new LrSchedule(peak, section.real("min-lr", 0, peak), warmUp * steps, steps);
        return new OptimizerSettings(schedule, section.real("beta1", 0, 0.999999), section.real("beta2", 0, 0.9999999),
                section.real("weight-decay", 0, 1e3), section.bool("decay-tokens"), section.real("layer-decay", 1e-3, 1),
                section.real("clip", 0, 1e9), microBatches);
    }
}
