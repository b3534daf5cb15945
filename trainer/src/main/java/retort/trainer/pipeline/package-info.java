/**
 * The training of one run. {@link retort.trainer.pipeline.TrainingRun} claims the run, finds its last checkpoint, and ends it;
 * {@link retort.trainer.pipeline.TrainingPipeline} is the Flux from the records of a stream to taken steps. Everything that follows the
 * run is a {@link retort.trainer.pipeline.RunListener}: its progress, the announcement of its checkpoints, its ledger, a page of figures.
 * <p>
 * Threads: records arrive on the source's thread, steps run on the engine's, and the work after a step runs on the run's. The buffers
 * of pixels belong to the {@link retort.trainer.images.BlockBuffers} of the run's stepper and are lent to one batch at a time.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.pipeline;
