/**
 * What happens to a sample between its source and a batch: crop, resize, flip, augment, by draws that depend on nothing but
 * (seed, epoch, sample id). The ingest pipeline calls {@link retort.ingest.recipe.Recipe#apply} from all threads of its
 * decoding pool; it owns the target, the recipe owns everything else.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.recipe;
