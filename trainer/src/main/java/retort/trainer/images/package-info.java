/**
 * Images of a stream in blocks of a fixed size: {@link retort.trainer.images.Rebatch} cuts the records of a stream into
 * {@link retort.trainer.images.ImageBlock}s, and an {@link retort.trainer.images.ImagePosition} is a place between two images,
 * from which cutting goes on. The trainer takes its steps, and the evaluator its scores, from such blocks.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.images;
