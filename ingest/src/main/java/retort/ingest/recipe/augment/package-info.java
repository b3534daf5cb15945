/**
 * timm's RandAugment over Pillow's arithmetic: the same operations, levels and rounding, with draws that depend on (seed, epoch,
 * sample). Called by {@link retort.ingest.recipe} on the decoding thread, which lends the canvas.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.recipe.augment;
