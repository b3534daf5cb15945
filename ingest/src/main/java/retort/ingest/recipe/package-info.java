/**
 * Recipes turn a sample into the pixels of a stream: decode, crop, resize, flip, each draw a function of (seed, epoch, sample).
 * The ingest pipeline calls them from every thread of its decoding pool; the target's bytes belong to the caller.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.recipe;
