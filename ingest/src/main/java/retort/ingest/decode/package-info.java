/**
 * Turns the bytes of an image file into rows of pixels with the values that Pillow gives. The header is read and judged first. Then one of
 * the decoders decodes no more than the asked region needs. {@link retort.ingest.recipe} calls a decoder on the decoding pool's threads. A
 * {@link retort.ingest.decode.Decoder} belongs to one thread at a time and owns its native handle and buffers until it is closed.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.decode;
