/**
 * Checkpoints on disk: weights, optimiser state, and where in the stream the run stood, as one directory that is there whole or not at all.
 * Saved by the one trainer of a run on its engine thread, read by trainers and evaluators on any thread; tensors given are only read, tensors returned are views of the files.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.checkpoint;
