/**
 * Files of tensors: safetensors, and PyTorch's .pth with a reader that runs no code. Tensors are checked by name against the places of a
 * model. Training, export and evaluation call this package on any thread; it does not use the engine. Tensors that are read are views of
 * the mapped file.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.weights;
