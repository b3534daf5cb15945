/**
 * The training pipeline: one Flux from a stream's records to finished steps, and the small stages beside it. Records arrive on
 * the source's thread, steps run on the engine's, what a step leaves is handled on the run's own; pixel buffers belong to
 * {@link retort.trainer.images.BlockBuffers} and are lent to one batch at a time.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.pipeline;
