/**
 * {@code retort bench step}: a training step against PyTorch in Python, every contestant a process of its own, taking turns. Called by the
 * launcher on its main thread, which waits for one contestant at a time; the engine lives in the Java contestant's process alone.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.bench;
