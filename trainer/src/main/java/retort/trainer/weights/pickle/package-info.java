/**
 * Python's pickle as data: a reader that builds values and calls nothing, and refuses every name it was not told of.
 * Called by the reader of .pth files on any thread; the values own no native memory.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.weights.pickle;
