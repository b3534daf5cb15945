package retort.ingest.recipe;

import retort.ingest.decode.Region;

/**
 * Which pixels of an image become the sample: {@code box} is cut out, resized to {@code width} x {@code height}, and the
 * {@code window} of that is kept, flipped left to right where {@code mirror}.
 */
record Cut(Region box, int width, int height, Region window, boolean mirror) {
}
