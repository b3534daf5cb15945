/**
 * Encoders of other makes: timm, MAE, DeiT, DINO, MoCo-v3, iBOT, CLIP and Hugging Face name and cut the same tensors in different
 * ways. This package brings them to the names and forms that {@code dmae.py} computes with, says how many heads and which variant
 * they have, and refuses what it cannot know. Called at the start of a run and by the export command; files only, no engine; any
 * thread.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.pretrained;
