/**
 * The images that are scored: complete streams, cut into blocks of the size that the engine takes. A suite subscribes once for each pass
 * and is called on the stream reader's thread. The cutter owns the pixels of a block and reuses them for a later block.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.images;
