package retort.ingest.recipe;

import retort.random.CounterRandom;

/** Chooses the {@link Cut} of an image from its size. Immutable; any thread. */
sealed interface Geometry permits RandomResizedCrop, CentreCrop {
    Cut cut(int width, int height, CounterRandom random);
}
