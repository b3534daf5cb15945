package retort.trainer.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import retort.kafka.LiveTopic;
import retort.kafka.PositionOutOfRangeException;
import retort.kafka.StreamPosition;
import retort.kafka.StreamRegistry;
import retort.kafka.TopicChangedException;
import retort.metrics.Health;
import retort.record.Stream;
import retort.thread.Worker;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.ImagePosition;
import retort.trainer.learn.Learner;
import retort.trainer.learn.LearnerStart;
import retort.trainer.learn.SampleRefusedException;
import retort.trainer.settings.RunSettings;
import retort.trainer.settings.RunStart;

/** Trains one run, from the claim on its name to its last event. */
public final class TrainingRun {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

    private final TrainerContext context;
    private final RunSettings run;
    private final Observers observers;
    /** Time at which {@link #complete} was called, in ns of {@link System#nanoTime}. */
    private long started;

    /** @throws retort.settings.SettingException if a listener of the run finds a setting that is not allowed */
    public TrainingRun(TrainerContext context, RunSettings run) {
        this.context = context;
        this.run = run;
        this.observers = Observers.of(new ListenedRun(context.config(), context.broker(), context.settings(), run));
    }

    public String name() {
        return run.name();
    }

    /** The same run, for another call of {@link #complete}. */
    public TrainingRun again() {
        return new TrainingRun(context, run);
    }

    /**
     * Trains the run from its last checkpoint to its end. Blocks the calling thread. Call it once.
     *
     * @return true if all steps are taken; false if the run was stopped on request, and then its last step is saved
     * @throws RunException if the run cannot begin or go on
     * @throws RunFencedException if another trainer has taken the run over
     * @throws retort.kafka.OwnershipLapsedException if the broker has ended this trainer's claim on the run; another TrainingRun goes on
     *     from the last checkpoint
     */
    public boolean complete() {
        new PublishedRun(context.broker(), context.store(), run.name()).requireNew();
        Health.waits(party(), "its claim on the name at the broker");
        started = System.nanoTime();
        final RunGauge gauge = new RunGauge(run.name(), run.stream(), run.steps(), run.batch(),
                context.settings().lease().toMillis(), System::nanoTime);
        final Optional<RunEvents> claimed = unlessStopped(() -> RunEvents.claim(context.broker(), run.name()));
        if (claimed.isEmpty()) {
            observers.close();
            Health.left(party());
            return false;
        }
        try (observers;
                RunEvents events = claimed.get();
                Heartbeat heartbeat = new Heartbeat(run.name(), gauge, events, context.line(), context.settings().progressEvery(),
                        context.settings().lease(), context.stop());
                Keeper keeper = Keeper.of(context, events, run)) {
            context.store().claim(run.name());
            final List<RunListener> listeners = new ArrayList<>(
                    List.of(gauge, heartbeat, new LedgerKeeper(context.store(), run.skip()), keeper,
                            new StepTrace(run.name(), run.skip())));
            listeners.addAll(observers.all());
            return complete(new Announcements(events, run.objective(), context.stop(), new RunListeners(listeners)), heartbeat);
        } finally {
            Health.left(party());
        }
    }

    private boolean complete(Announcements announcements, Heartbeat heartbeat) {
        final RunListener listener = announcements.listener();
        try {
            final boolean finished = begin(announcements, heartbeat);
            listener.ended(finished ? new RunOutcome.Finished() : new RunOutcome.Stopped());
            return finished;
        } catch (TopicChangedException e) {
            final RunException named = named(e);
            listener.ended(new RunOutcome.Failed(named));
            throw named;
        } catch (RuntimeException | Error e) {
            listener.ended(new RunOutcome.Failed(e));
            throw e;
        }
    }

    /** Adds the ways on of a run whose images are gone. They differ for a stream with an end, which can be published again as it was. */
    private RunException named(TopicChangedException changed) {
        final String cannot = "run " + run.name() + " cannot go on: " + changed.getMessage();
        if (!changed.topic().equals(context.broker().topics().images(run.stream())))
            return new RunException(cannot, changed);
        final Optional<StreamPosition> saved = context.store().latest(run.name()).map(last -> last.state().position());
        final Optional<String> id = saved.flatMap(StreamPosition::topicId);
        return new RunException(cannot + ". " + (id.isPresent()
                ? "A stream with an end holds the same images when it is published again under the same settings: then set"
                        + " topics.forgotten = [" + id.get() + "], and the run goes on at sequence " + saved.get().nextSequence()
                        + ". On any other stream, begin a run under another name"
                : "Publish the stream, or begin a run under another name"), changed);
    }

    private boolean begin(Announcements announcements, Heartbeat heartbeat) {
        final Optional<Checkpoint> latest = context.store().latest(run.name());
        final LeftOpen open = new LeftOpen(context, run, latest);
        final RunSettings resolved = open.resolved();
        if (latest.isPresent() && latest.get().state().step() == latest.get().state().steps()) {
            Resumption.requireSame(latest.get(), Resumption.lasting(resolved, latest.get(),
                    () -> unlessStopped(() -> context.broker().streams().find(run.stream())).flatMap(stream -> stream)));
            new SavedRun(context.broker(), context.store(), context.places()).requireSameWeights(latest.get(), run);
            announcements.announce(latest.get()); // a kill may have come between its rename and its announcement
            return finished(latest.get().state().steps());
        }
        final Optional<Stream> stream = awaitStream(heartbeat.fenced());
        if (stream.isEmpty())
            return false;
        final Optional<OptionalLong> retention = unlessStopped(() -> Retention.of(context.broker(), stream.get()));
        if (retention.isEmpty())
            return false;
        final RunSettings measured = resolved.on(stream.get());
        Retention.requireRoomFor(measured, stream.get(), retention.get());
        final RunPlan plan = StepRoom.of(RunPlan.of(measured, stream.get(), context.store(), context.places(), latest),
                context.engine());
        return open(plan, open.threads(), latest, announcements, heartbeat);
    }

    private boolean finished(long steps) {
        LOG.info("run {} has done its {} steps", run.name(), steps);
        return true;
    }

    /** Empty if a stop is requested before the stream is published. */
    private Optional<Stream> awaitStream(Mono<Void> fenced) {
        final StreamRegistry registry = context.broker().streams();
        final Optional<Stream> found = unlessStopped(() -> registry.find(run.stream())).flatMap(stream -> stream);
        if (found.isPresent() || context.stop().made())
            return found;
        LOG.info("run {} waits for stream {} to be published", run.name(), run.stream());
        Health.waits(party(), "stream " + run.stream() + " to be published");
        return registry.await(run.stream()).takeUntilOther(context.stop().whenMade()).takeUntilOther(fenced).blockOptional();
    }

    private boolean open(RunPlan plan, int threads, Optional<Checkpoint> latest, Announcements announcements,
            Heartbeat heartbeat) {
        final TrainingState from;
        if (latest.isPresent()) {
            from = latest.get().state().skipping(run.skip());
            Resumption.requireSame(latest.get(), plan.initial(threads, from.startSequence()));
            announcements.announce(latest.get()); // a kill may have come between its rename and its announcement
        } else {
            final Optional<StreamPosition> start = unlessStopped(() -> start(plan.stream()));
            if (start.isEmpty())
                return false;
            from = plan.initial(threads, start.get().nextSequence()).at(0, start.get(), 0);
        }
        final LearnerStart weights = plan.start(latest);
        final Learner learner = context.engine().call(() -> plan.open(context.engine(), weights));
        try (Saver saver = new Saver(context.engine(), learner, context.store(), announcements::announce, from)) {
            if (latest.isEmpty()) {
                saver.begin(0, new ImagePosition(from.position(), 0), System.nanoTime());
                saver.await();
            }
            return train(plan, from, new StepBook(plan.run(), context.engine(),
                    new Stepper(run.name(), learner, Math.multiplyExact(run.batch(), plan.imageBytes()), from.step()), saver,
                    announcements.listener()), heartbeat);
        } catch (BrokenStepException e) {
            throw new RunException(e.getMessage() + "; the last good checkpoint is "
                    + context.store().latest(run.name()).map(good -> good.directory().toString()).orElse("gone")
                    + ": begin from other settings (a lower optimizer.lr, an optimizer.clip) under another name", e);
        } catch (SampleRefusedException e) {
            throw new RunException("run " + run.name() + " cannot go on with stream " + run.stream() + ": " + e.getMessage(), e);
        } catch (PositionOutOfRangeException e) {
            throw new RunException("run " + run.name() + " cannot go on at step " + from.step() + ": " + e.getMessage()
                    + "; to train on what is left, begin a run under another name with start = earliest", e);
        } finally {
            context.engine().call(() -> {
                learner.close();
                return true;
            });
        }
    }

    private boolean train(RunPlan plan, TrainingState from, StepBook book, Heartbeat heartbeat) {
        if (from.step() > 0)
            LOG.info("run {} goes on from step {}, {} ms after its start", run.name(), from.step(),
                    Duration.ofNanos(System.nanoTime() - started).toMillis());
        book.listener().begun(plan.stream(), from);
        Health.works(party());
        book.listener().waiting();
        try (Worker after = Worker.named("retort-run-" + run.name())) {
            final long taken = book
                    .conclude(new TrainingPipeline(context, plan.run(), plan.stream(), from, book, after.scheduler())
                            .train(Mono.firstWithSignal(heartbeat.fenced(), book.saver().failed())).block(), from);
            final long steps = plan.run().steps();
            if (taken < steps && !context.stop().made())
                throw taken == 0
                        ? tooSmall(plan.stream())
                        : new RunException("stream " + run.stream() + " ended at step " + taken + " of " + steps
                                + " of run " + run.name() + ": publish more epochs of it, or set fewer steps");
            return taken == steps && finished(steps);
        } finally {
            context.engine().call(() -> {
                book.stepper().close();
                return true;
            });
        }
    }

    /** Makes a call to the broker that a stop request interrupts. Empty if it was made. */
    private <R> Optional<R> unlessStopped(Supplier<R> call) {
        return context.stop().unlessMade(call);
    }

    private String party() {
        return "run " + run.name();
    }

    private RunException tooSmall(Stream stream) {
        final Long samples = stream.getSamplesPerEpoch();
        return new RunException("stream " + run.stream() + " has ended before the first step of run " + run.name()
                + ": it holds fewer"
                + " than the " + run.batch() + " images of a batch" + (samples == null ? "" : ", " + samples + " an epoch")
                + "; set a smaller batch, or publish more epochs of it (ingest.epochs)");
    }

    /** The position before the first image of a new run. Blocks. */
    private StreamPosition start(Stream stream) {
        final String images = context.broker().topics().images(stream.getName());
        final LiveTopic topic = context.broker().find(images)
                .orElseThrow(() -> TopicChangedException.missing(context.broker().kafka(), images));
        return new StreamPosition(startSequence(stream), Map.of(), topic.id());
    }

    private long startSequence(Stream stream) {
        return switch (run.start()) {
            case RunStart.Sequence(long sequence) -> sequence;
            case RunStart.Log.EARLIEST -> context.broker().earliestSequence(stream).orElse(0);
            case RunStart.Log.LATEST -> context.broker().latestSequence(stream);
        };
    }
}
