package retort.trainer.pipeline;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.kafka.Broker;
import retort.record.Promotion;
import retort.thread.Worker;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.objective.WeightsSource;
import retort.trainer.settings.KeepPolicy;
import retort.trainer.settings.RunSettings;

/**
 * Deletes the checkpoints of a run that its {@link KeepPolicy} does not keep, after every announced checkpoint and so at every start. A
 * checkpoint is deleted only when its evaluators have done with it. Its tombstone is on the topic before its files are deleted, so that
 * nobody is pointed at files that are gone. The choice depends on the files, the evaluations and the promotions alone. So a trainer
 * that was killed between the two does both again at its next start.
 * <p>
 * Works on a thread of its own, {@code retort-keeper-RUN}, so that no step waits. A failure is logged, and the next checkpoint is
 * another chance, because training does not depend on it.
 */
final class Keeper implements RunListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final Duration CLOSING = Duration.ofSeconds(1);

    private final Broker broker;
    private final CheckpointStore store;
    private final RunEvents events;
    private final RunSettings run;
    private final Set<Path> needed;
    private final Worker worker;

    /** @param needed files that other runs start from or have as their teacher */
    private Keeper(Broker broker, CheckpointStore store, RunEvents events, RunSettings run, Set<Path> needed) {
        this.broker = broker;
        this.store = store;
        this.events = events;
        this.run = run;
        this.needed = needed;
        this.worker = Worker.named("retort-keeper-" + run.name());
    }

    /** The caller closes it before {@code events}. */
    static Keeper of(TrainerContext context, RunEvents events, RunSettings run) {
        final Set<Path> needed = context.settings().runs().stream().flatMap(each -> each.objective().sources().stream())
                .flatMap(source -> source instanceof final WeightsSource.File file
                        ? Stream.of(file.path(context.places()).toAbsolutePath().normalize())
                        : Stream.empty())
                .collect(Collectors.toSet());
        return new Keeper(context.broker(), context.store(), events, run, needed);
    }

    @Override
    public void saved(Checkpoint checkpoint) {
        if (run.keep().deletes())
            worker.offer(this::deleteSurplus);
    }

    private void deleteSurplus() {
        try {
            for (final Checkpoint checkpoint : surplus(store.list(run.name()))) {
                events.deleted(checkpoint.state().step()).block();
                store.delete(checkpoint);
                LOG.info("run {} has deleted its checkpoint of step {}: trainer.keep does not keep it, and it is evaluated",
                        run.name(), checkpoint.state().step());
            }
        } catch (RuntimeException e) {
            LOG.warn("run {} could not delete the checkpoints that trainer.keep does not keep; it tries again after its next"
                    + " checkpoint: {}", run.name(), e.getMessage());
        }
    }

    private List<Checkpoint> surplus(List<Checkpoint> present) {
        final List<Checkpoint> old = present.subList(0, Math.max(0, present.size() - run.keep().last())).stream()
                .filter(checkpoint -> !isAlwaysKept(checkpoint)).toList();
        if (old.isEmpty())
            return old;
        // In this order, because an evaluation and the promotion that it causes are one transaction.
        final Evaluated evaluated = new Evaluated(run.name(), broker.table(broker.topics().evaluations()).values());
        final Collection<Promotion> promotions = broker.table(broker.topics().promotions()).values();
        return old.stream().filter(evaluated::isDone).filter(checkpoint -> promotions.stream().noneMatch(
                promotion -> run.keep().keepsBest(promotion.getMetric()) && isOf(promotion, checkpoint))).toList();
    }

    private boolean isAlwaysKept(Checkpoint checkpoint) {
        final TrainingState state = checkpoint.state();
        return state.step() == state.steps() || run.keep().keepsStep(state.step())
                || needed.stream().anyMatch(file -> file.startsWith(checkpoint.directory()));
    }

    private static boolean isOf(Promotion promotion, Checkpoint checkpoint) {
        return promotion.getRun().equals(checkpoint.state().run())
                && promotion.getSha256().equals(checkpoint.weightsDigest().sha256());
    }

    /** Waits for the deletion that is under way, 1 s at most, because a process has 10 s to end; the next start deletes the rest. */
    @Override
    public void close() {
        worker.close(CLOSING);
    }
}
