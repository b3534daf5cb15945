/**
 * Reads Python's pickle as data: the reader builds values, calls nothing, and refuses every unknown name. The reader of .pth files calls it
 * on any thread. The values own no native memory.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.weights.pickle;
