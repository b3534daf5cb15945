/**
 * PyTorch. One named thread of the process owns it: the {@link retort.trainer.engine.Engine} runs tasks on this thread, one after
 * another. A {@link retort.trainer.engine.Program} is TorchScript source that is packed and loaded without Python. Any thread may submit a
 * task. All other methods run on the engine's thread. The code that opens native memory closes it.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.engine;
