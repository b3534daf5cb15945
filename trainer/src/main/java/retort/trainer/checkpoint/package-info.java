/**
 * Checkpoints on disk. A checkpoint is one directory with the weights, the optimiser state, and the place of the run in its stream. A
 * reader finds a whole checkpoint or none.
 * <p>
 * The one trainer that owns a run saves and deletes its checkpoints, on one thread at a time; saving blocks, and a writer that asks the
 * engine for its tensors must not be the engine's thread. Any thread of any process reads. Tensors that are given to the store are
 * only read; tensors that it returns are views of the mapped files.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.checkpoint;
