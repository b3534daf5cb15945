/**
 * Tensors as files: safetensors, and PyTorch's .pth by a reader that runs nothing; what they must match is checked by name.
 * Called by training, export and evaluation on any thread; no engine here. Tensors read are views of the mapped file and belong to the caller.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.weights;
