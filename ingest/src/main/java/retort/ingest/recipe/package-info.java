/**
 * Turns a sample into the pixels of a batch: crop, resize, flip, augment. The draws depend on (seed, epoch, sample id) alone. The packer
 * calls {@link retort.ingest.recipe.Recipe#apply} from all threads of the decoding pool. The packer owns the target array, the
 * recipe owns all other buffers.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.recipe;
