package retort.trainer.pipeline;

import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;
import retort.kafka.PositionOutOfRangeException;
import retort.kafka.StreamRegistry;
import retort.record.RunState;
import retort.record.Stream;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.BlockBuffers;
import retort.trainer.images.ImagePosition;
import retort.trainer.learn.Learner;
import retort.trainer.learn.LearnerStart;
import retort.trainer.learn.SampleRefusedException;
import retort.trainer.settings.RunSettings;
import retort.trainer.settings.RunStart;

/** One run, from the claim on its name to its last event. Blocks the thread that calls it. */
public final class TrainingRun {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);
    /** One is trained on, one waits for its losses to be read, one is ready, one is being filled. */
    private static final int BUFFERS = 4;

    private final TrainerContext context;
    private final RunSettings run;
    private final RunGauge gauge;

    public TrainingRun(TrainerContext context, RunSettings run) {
        this.context = context;
        this.run = run;
        this.gauge = new RunGauge(run.name(), run.stream(), run.steps(), run.batch(), context.settings().lease().toMillis(),
                System::nanoTime);
    }

    /**
     * @return whether all its steps are done; otherwise it was stopped on request, and is saved where it stands
     * @throws RunException where it cannot begin or go on
     * @throws RunFencedException where another trainer took it over
     */
    public boolean complete() {
        try (RunEvents events = RunEvents.claim(context.broker(), run.name());
                Heartbeat heartbeat = new Heartbeat(run.name(), gauge, events, context.line(), context.settings().progressEvery(),
                        context.settings().lease())) {
            try {
                final boolean finished = begin(events, heartbeat);
                gauge.state(finished ? RunState.FINISHED : RunState.STOPPED);
                return finished;
            } catch (RuntimeException e) {
                gauge.state(RunState.FAILED);
                throw e;
            }
        }
    }

    private boolean begin(RunEvents events, Heartbeat heartbeat) {
        final Optional<Checkpoint> latest = context.store().latest(run.name());
        if (latest.isPresent() && latest.get().state().step() == latest.get().state().steps()) {
            Resumption.requireSame(latest.get(), run);
            gauge.standsAt(run.steps(), latest.get().state().position().nextSequence());
            announce(events, latest.get()); // a kill may have come between its rename and its announcement
            return true;
        }
        final Optional<Stream> stream = awaitStream();
        if (stream.isEmpty())
            return false;
        Retention.requireRoomFor(run, stream.get(), Retention.of(context.broker(), stream.get()));
        return open(RunPlan.of(run, stream.get(), context.store(), latest), latest, events, heartbeat);
    }

    /** Empty when asked to stop before it is published. */
    private Optional<Stream> awaitStream() {
        final StreamRegistry registry = context.broker().streams();
        return registry.find(run.stream()).or(() -> {
            LOG.info("run {} waits for stream {} to be published", run.name(), run.stream());
            return registry.await(run.stream()).takeUntilOther(context.stop().whenMade()).blockOptional();
        });
    }

    private boolean open(RunPlan plan, Optional<Checkpoint> latest, RunEvents events, Heartbeat heartbeat) {
        final int threads = context.engine().settings().threads();
        final TrainingState state;
        if (latest.isPresent()) {
            state = latest.get().state();
            Resumption.requireSame(latest.get(), plan.initial(threads, state.startSequence()));
            announce(events, latest.get());
        } else {
            state = plan.initial(threads, startSequence(plan.stream()));
        }
        final LearnerStart start = plan.start(latest);
        final Learner learner = context.engine().call(() -> plan.open(context.engine(), start));
        try {
            final Saver saver = new Saver(learner, context.store(), state);
            if (latest.isEmpty())
                announce(events, saver.save(0, new ImagePosition(state.position(), 0)));
            return train(plan, state, learner, saver, events, heartbeat);
        } catch (BrokenStepException e) {
            throw new RunException(e.getMessage() + "; the last good checkpoint is "
                    + context.store().latest(run.name()).map(good -> good.directory().toString()).orElse("gone")
                    + ": begin from other settings (a lower optimizer.lr, an optimizer.clip) under another name", e);
        } catch (SampleRefusedException e) {
            throw new RunException("run " + run.name() + " cannot go on with stream " + run.stream() + ": " + e.getMessage(), e);
        } catch (PositionOutOfRangeException e) {
            throw new RunException("run " + run.name() + " cannot go on at step " + state.step() + ": " + e.getMessage()
                    + "; to train on what is left, begin a run under another name with start = earliest", e);
        } finally {
            context.engine().call(() -> {
                learner.close();
                return true;
            });
        }
    }

    private boolean train(RunPlan plan, TrainingState from, Learner learner, Saver saver, RunEvents events,
            Heartbeat heartbeat) {
        final BlockBuffers buffers = new BlockBuffers(BUFFERS, run.batch() * plan.imageBytes());
        final Stepper stepper = new Stepper(run.name(), learner, buffers, from.step());
        gauge.epochsOf(plan.stream());
        gauge.standsAt(from.step(), from.position().nextSequence());
        gauge.state(RunState.TRAINING);
        gauge.waits();
        try (ExecutorService after = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("retort-run-" + run.name()).daemon().factory())) {
            final @Nullable FinishedStep last = new TrainingPipeline(context, run, plan.stream(),
                    new ImagePosition(from.position(), from.usedImages()), from.step(), buffers, stepper, saver, events, gauge,
                    heartbeat, Schedulers.fromExecutorService(after)).train().block();
            context.engine().call(stepper::readLast).ifPresent(gauge::losses);
            final long finished = last == null ? from.step() : last.finished();
            if (last != null && saver.savedStep() < finished)
                announce(events, saver.save(finished, last.end()));
            if (finished < run.steps() && !context.stop().made())
                throw new RunException("stream " + run.stream() + " ended at step " + finished + " of " + run.steps()
                        + " of run " + run.name() + ": publish more epochs of it, or set fewer steps");
            return finished == run.steps();
        } finally {
            context.engine().call(() -> {
                stepper.close();
                return true;
            });
        }
    }

    private void announce(RunEvents events, Checkpoint checkpoint) {
        events.ready(Announcement.of(checkpoint, run.objective())).block(context.broker().timeout());
        gauge.saved(checkpoint.state().position().nextSequence());
    }

    private long startSequence(Stream stream) {
        return switch (run.start()) {
            case RunStart.Sequence(long sequence) -> sequence;
            case RunStart.Log.EARLIEST -> context.broker().earliestSequence(stream).orElse(0);
            case RunStart.Log.LATEST -> context.broker().latestSequence(stream);
        };
    }
}
