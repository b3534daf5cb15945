package retort.compose.study;

import com.typesafe.config.Config;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import retort.evaluator.EvaluatorSettings;
import retort.evaluator.suite.ConfiguredSuite;
import retort.evaluator.suite.Suites;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.settings.SettingException;
import retort.trainer.learn.LearnerSpec;
import retort.trainer.settings.RunSettings;

/**
 * Finds the figures that no evaluation would give, because there is no such checkpoint or its suite passes it over. Immutable; any thread.
 *
 * @param suites those of {@code evaluator.suites}
 */
record FigureCheck(List<ConfiguredSuite> suites) {
    /** @throws SettingException if a setting of the evaluator is not allowed */
    static FigureCheck of(Config config) {
        final EvaluatorSettings settings = EvaluatorSettings.from(config);
        return new FigureCheck(Suites.configured(config, settings.suites(), settings.streams().keySet()));
    }

    /**
     * @param run with its number of steps
     * @param spec what the run learns; empty if it is not known yet, and then less is checked
     * @throws SettingException if {@code figure} of this run would not be measured
     */
    void require(StudyFigure figure, RunSettings run, Optional<LearnerSpec> spec) {
        final ConfiguredSuite suite = suites.stream().filter(each -> each.name().equals(figure.suite())).findFirst()
                .orElseThrow(() -> missing(figure, "suite " + figure.suite() + " is not in evaluator.suites = "
                        + suites.stream().map(ConfiguredSuite::name).toList() + ": add it there"));
        final long step = figure.step().orElse(run.steps());
        if (step > run.steps() || !run.checkpoints().due(step, run.steps()))
            throw missing(figure, "run " + run.name() + " of " + run.steps() + " steps has no checkpoint at step " + step
                    + ": it is saved every " + run.checkpoints().of(run.steps())
                    + " steps; name such a step, or set checkpoint-every or checkpoints-per-run");
        if (run.keep().deletes() && !run.keep().keepsStep(step) && later(run, step) >= run.keep().last())
            throw missing(figure, "run " + run.name() + " does not keep its checkpoint of step " + step
                    + ": set keep.last = 0, or keep.every");
        spec.map(known -> announced(run, step, known)).ifPresent(checkpoint -> {
            if (!suite.suite().scores(checkpoint))
                throw missing(figure, "suite " + suite.name() + " does not score run " + run.name() + ", whose objective is "
                        + run.objective().name() + ": name another suite, or another run");
            suite.passesOver(checkpoint, true).ifPresent(reason -> {
                throw missing(figure, "run " + run.name() + " is passed over by the setting " + reason
                        + ": change it, or name another figure");
            });
        });
    }

    private static SettingException missing(StudyFigure figure, String why) {
        return new SettingException("study.figures: " + figure + " would not be measured, because " + why);
    }

    /** Number of checkpoints of a run after {@code step}. */
    private static long later(RunSettings run, long step) {
        final long every = run.checkpoints().of(run.steps());
        return step == run.steps() ? 0 : (run.steps() - 1) / every - step / every + 1;
    }

    /** The announcement of a checkpoint that is not there yet, as far as suites look at it before they open its file. */
    private static CheckpointReady announced(RunSettings run, long step, LearnerSpec spec) {
        final Architecture.Builder architecture = Architecture.newBuilder().setImage(spec.model().image())
                .setPatch(spec.model().patch()).setChannels(spec.model().channels()).setWidth(spec.model().width())
                .setDepth(spec.model().depth()).setHeads(spec.model().heads());
        spec.objective().describe(architecture);
        final CheckpointReady.Builder event = CheckpointReady.newBuilder().setRun(run.name()).setStep(step).setSteps(run.steps())
                .setStream(run.stream()).setUri("").setSha256("").setBytes(0).setObjective(run.objective().name())
                .setArchitecture(architecture.build()).setNextSequence(0).setAt(Instant.EPOCH);
        run.objective().announce(event, spec.model().patches());
        return event.build();
    }
}
