package retort.trainer.pipeline;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import retort.kafka.BatchRecord;
import retort.record.Stream;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.images.BlockBuffers;
import retort.trainer.images.ImageBlock;
import retort.trainer.images.ImagePosition;
import retort.trainer.images.Rebatch;
import retort.trainer.learn.Losses;
import retort.trainer.settings.RunSettings;

/**
 * The whole way of a run's images, top to bottom: records in sequence order become batches of exactly {@code batch} images, each
 * becomes a step, and a step that is due becomes a checkpoint. One batch is prepared while one is trained on, and nothing is
 * asked of the broker that these two and the fetch buffer have no room for.
 * <p>
 * Four threads: {@code retort-source-NAME} delivers and packs, {@code retort-engine} steps, {@code retort-run-NAME} does what
 * follows a step, and the {@link Heartbeat}'s tells the world.
 *
 * @param from where the run stands after {@code finished} steps
 * @param after carries what follows a step: a thread made for blocking
 */
record TrainingPipeline(TrainerContext context, RunSettings run, Stream stream, ImagePosition from, long finished,
        BlockBuffers buffers, Stepper stepper, Saver saver, RunEvents events, RunGauge gauge, Heartbeat heartbeat,
        Scheduler after) {

    /** The last step that was taken: when all are done, when the stream has ended, or when a stop was requested. */
    Mono<FinishedStep> train() {
        final Flux<BatchRecord> records = context.broker().batches(stream, from.next(), lastSequence(),
                context.settings().bufferBytes(), run.name());
        return Rebatch.full(records, stream, run.batch(), from, buffers)
                .take(run.steps() - finished)
                .takeUntilOther(context.stop().whenMade())
                .concatMap(this::step, 1)
                .takeUntilOther(heartbeat.fenced())
                .takeLast(1).next();
    }

    /** The step is under way when this returns, so that the demand for the batch after it is served while the engine works. */
    private Mono<FinishedStep> step(ImageBlock batch) {
        if (context.stop().made())
            return Mono.empty();
        gauge.begins();
        final CompletableFuture<FinishedStep> step = context.engine().submit(() -> stepper.step(batch)).toFuture();
        return Mono.fromFuture(step, true).publishOn(after).flatMap(this::finish).doOnTerminate(gauge::waits);
    }

    private Mono<FinishedStep> finish(FinishedStep step) {
        gauge.ends(step.finished(), step.end().nextSequence(), step.learningRate());
        step.read().ifPresent(losses -> heard(step, losses));
        return run.checkpoints().due(step.finished(), run.steps()) ? save(step).thenReturn(step) : Mono.just(step);
    }

    private Mono<Void> save(FinishedStep step) {
        context.engine().call(stepper::readLast).ifPresent(losses -> heard(step, losses));
        final Checkpoint saved = saver.save(step.finished(), step.end());
        return events.ready(Announcement.of(saved, run.objective())).publishOn(after)
                .doOnSuccess(announced -> gauge.saved(step.end().nextSequence()));
    }

    private void heard(FinishedStep step, Losses losses) {
        gauge.losses(losses);
        if (step.finished() == finished + 1)
            heartbeat.beat(); // people wait for the first
    }

    private OptionalLong lastSequence() {
        return stream.getLastSequence() == null ? OptionalLong.empty() : OptionalLong.of(stream.getLastSequence());
    }
}
