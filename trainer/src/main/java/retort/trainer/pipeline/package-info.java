/**
 * The training of one run. {@link retort.trainer.pipeline.TrainingRun} claims the run, finds where it was left, and ends it;
 * {@link retort.trainer.pipeline.TrainingPipeline} is the Flux between, from the records of a stream to taken steps. Everything that
 * follows the run, from its progress and the announcement of its checkpoints to a ledger or a page of figures, is a
 * {@link retort.trainer.pipeline.RunListener}.
 * <p>
 * Threads: records arrive on the source's thread, steps run on the engine's, and what follows a step runs on the run's own. The buffers
 * of pixels belong to the {@link retort.trainer.images.BlockBuffers} of the run's stepper and are lent to one batch at a time.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.pipeline;
