/**
 * PyTorch, owned by one named thread a process: the {@link retort.trainer.engine.Engine} runs tasks in turn, a
 * {@link retort.trainer.engine.Program} is TorchScript source packed and loaded without Python. Any thread may submit; everything
 * else here happens on the engine's thread, and native memory belongs to the task that opened it.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.engine;
