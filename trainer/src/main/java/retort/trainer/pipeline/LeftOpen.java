package retort.trainer.pipeline;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.learn.Precision;
import retort.trainer.settings.RunSettings;

/**
 * The choices that a run's settings leave open: precision, micro-batches and threads. A run that goes on takes them from its checkpoint, because
 * another value gives other bits; a new one takes what suits the machine.
 */
record LeftOpen(TrainerContext context, RunSettings run, Optional<Checkpoint> latest) {
    private static final Logger LOG = LoggerFactory.getLogger(LeftOpen.class);

    /** The settings with everything that the checkpoint decides. The micro-batches of a new run stay open ({@link StepRoom}). */
    RunSettings resolved() {
        final RunSettings precise = run.with(precision());
        return latest.map(last -> asKept(precise, last)).orElse(precise);
    }

    /** {@code run} with what a checkpoint decides, for a reader without an engine. */
    static RunSettings asKept(RunSettings run, Checkpoint last) {
        final Map<String, String> kept = last.state().identity().settings();
        final RunSettings precise = Optional.ofNullable(kept.get(RunSettings.PRECISION)).map(LeftOpen::named).map(run::with)
                .orElse(run);
        return precise.leavesMicroBatches()
                ? precise.withMicroBatches(Integer.parseInt(kept.getOrDefault(RunSettings.MICRO_BATCHES, "1")))
                : precise;
    }

    private static Precision named(String name) {
        return Precision.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private Precision precision() {
        final Optional<String> kept = kept(RunSettings.PRECISION);
        final Precision chosen = kept.map(LeftOpen::named)
                .orElseGet(() -> Precision.fastOn(context.engine().device()));
        if (run.precision().isEmpty())
            LOG.info("run {} computes in {}: precision = auto, {}", run.name(), chosen,
                    kept.isPresent() ? "as its checkpoint" : "which suits " + context.engine().device());
        return chosen;
    }

    /** The number of threads that the engine computes with from now on. */
    int threads() {
        if (context.settings().engine().threads() != 0)
            return context.engine().settings().threads();
        final int here = context.settings().engine().threadsHere();
        final int chosen = kept(Resumption.THREADS).map(Integer::valueOf).orElse(here);
        if (chosen != here)
            LOG.info("run {} computes with {} threads, as its checkpoint: trainer.threads = 0, and this machine has {} cores",
                    run.name(), chosen, here);
        context.engine().call(() -> {
            context.engine().useThreads(chosen);
            return true;
        });
        return chosen;
    }

    private Optional<String> kept(String setting) {
        return latest.map(last -> last.state().identity().settings().get(setting));
    }
}
