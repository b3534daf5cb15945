/**
 * Turns a sample of a source into the pixels of a batch: crop, resize, flip, augment. The random draws depend on (seed, epoch, sample id)
 * alone. The ingest pipeline calls {@link retort.ingest.recipe.Recipe#apply} from all threads of its decoding pool. The pipeline owns the
 * target array, and the recipe owns all other buffers.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.recipe;
