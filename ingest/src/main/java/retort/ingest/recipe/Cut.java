package retort.ingest.recipe;

import retort.ingest.decode.Region;

/**
 * Selects the pixels of an image that become the sample. {@code box} is cut out and resized to {@code width} x {@code height}. The {@code
 * window} of the result is kept, and is flipped left to right if {@code mirror} is true.
 */
record Cut(Region box, int width, int height, Region window, boolean mirror) {
}
