/**
 * Encoders from other projects: timm, MAE, DeiT, DINO, MoCo-v3, iBOT, CLIP and Hugging Face name and split the same tensors in different
 * ways. This package brings them to the names and forms that {@code dmae.py} computes with. It finds the number of heads and the variant,
 * and refuses an encoder if it cannot know them. The start of a run and the export command call it. It reads files, does not use the
 * engine, and runs on any thread.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.pretrained;
