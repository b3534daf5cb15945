/**
 * Checkpoints on a disk or in a bucket. A checkpoint is one directory with the weights, the optimiser state, and the place of the run in its stream. A
 * reader finds a whole checkpoint or none.
 * <p>
 * The one trainer that owns a run saves and deletes its checkpoints, on one thread at a time; saving blocks, and a writer that asks the
 * engine for its tensors must not be the engine's thread. Any thread of any process reads. Tensors that are given to the store are
 * only read; tensors that it returns are views of the mapped files, which for a bucket are copies.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.checkpoint;
