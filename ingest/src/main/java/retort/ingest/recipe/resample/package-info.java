/**
 * Pillow's antialiased resampling in the same integers: 22-bit coefficients, the horizontal pass first, and rounding to uint8 between the
 * passes. The arithmetic is scalar, or in vectors if the JVM has their module, with the same result. {@link retort.ingest.recipe} calls it
 * on the decoding thread. A resampler owns its scratch rows and is confined to one thread at a time.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.recipe.resample;
