/**
 * Pillow's antialiased resampling in the same integers: 22-bit coefficients, horizontal pass first, rounded to uint8 between
 * the passes; scalar, or in vectors where the JVM has their module, with the same result. Called by {@link retort.ingest.recipe} on the decoding thread; a resampler owns its scratch rows and is confined
 * to one thread at a time.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.recipe.resample;
