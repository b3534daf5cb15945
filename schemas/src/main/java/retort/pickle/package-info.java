/**
 * Reads Python's pickle as data: the reader builds values, calls nothing, and refuses every unknown name. PyTorch's checkpoints and CIFAR's
 * Python version are read with it. Every class is for one thread at a time; the values own no native memory.
 */
@org.jspecify.annotations.NullMarked
package retort.pickle;
