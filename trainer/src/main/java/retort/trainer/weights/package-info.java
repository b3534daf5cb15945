/**
 * Tensors as files: safetensors, and PyTorch's .pth by a reader that runs nothing. No engine here; any thread.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.weights;
