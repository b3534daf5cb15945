/**
 * From a file's bytes to rows of pixels as Pillow would give them: the header is read and judged first, then one of the
 * decoders does no more than the asked region needs. Called by {@link retort.ingest.recipe} on the decoding pool's threads;
 * a {@link retort.ingest.decode.Decoder} belongs to one thread at a time and owns its native handle and buffers until it is
 * closed.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.decode;
