/**
 * timm's RandAugment in Pillow's arithmetic: the same operations, levels and rounding. The random draws depend on (seed, epoch, sample).
 * {@link retort.ingest.recipe} calls it on the decoding thread and lends the canvas.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.recipe.augment;
