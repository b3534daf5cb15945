/**
 * The images that scoring reads: complete streams, cut into blocks of the size that the engine takes. Suites subscribe, once for
 * every pass; a block's pixels are lent until the next one is requested.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.images;
