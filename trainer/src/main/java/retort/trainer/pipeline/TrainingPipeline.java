package retort.trainer.pipeline;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import retort.kafka.BatchRecord;
import retort.record.Stream;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.ImageBlock;
import retort.trainer.images.ImagePosition;
import retort.trainer.images.Rebatch;
import retort.trainer.settings.RunSettings;

/**
 * The path of a run's images, from top to bottom: records in sequence order become batches of exactly {@code batch} images, each batch
 * becomes a step, and after some steps a checkpoint is saved. One batch is prepared while the batch before it is trained on. The broker is
 * asked only for records that fit into these two batches and the fetch buffer.
 * <p>
 * Threads: {@code retort-source-NAME} delivers and packs, {@code retort-engine} takes the steps, and {@code after} runs the
 * {@link StepBook}. The {@link Heartbeat} and the listeners of factories have threads of their own.
 *
 * @param from the state that training goes on from
 * @param after the thread {@code retort-run-NAME}, which may block
 */
record TrainingPipeline(TrainerContext context, RunSettings run, Stream stream, TrainingState from, StepBook book,
        Scheduler after) {

    /**
     * Trains until all steps are taken, the stream ends, or a stop is requested.
     *
     * @param broken fails when the run must not go on: another trainer owns it, or a checkpoint cannot be saved
     * @return the step that was taken last; empty if there was none
     */
    Mono<TakenStep> train(Mono<Void> broken) {
        final ImagePosition start = new ImagePosition(from.position(), from.usedImages());
        final Flux<BatchRecord> records = context.broker().batches(stream, start.next(), lastSequence(),
                context.settings().bufferBytes(), run.name());
        return Rebatch.full(records, stream, run.batch(), start, run.skip(),
                book.stepper().buffers(), book.stepper().times()::packed)
                .take(run.steps() - from.step())
                .takeUntilOther(context.stop().whenMade())
                .concatMap(this::step, 1)
                .takeUntilOther(broken)
                .takeLast(1).next();
    }

    /** The step is submitted when this returns, so that the next batch is requested and packed while the engine works. */
    private Mono<TakenStep> step(ImageBlock batch) {
        if (context.stop().made())
            return Mono.empty();
        book.listener().stepping();
        final CompletableFuture<TakenStep> step = context.engine().submit(() -> book.stepper().step(batch)).toFuture();
        return Mono.fromFuture(step, true).publishOn(after).doOnNext(book::finish)
                .doOnTerminate(book.listener()::waiting);
    }

    private OptionalLong lastSequence() {
        return stream.getLastSequence() == null ? OptionalLong.empty() : OptionalLong.of(stream.getLastSequence());
    }
}
