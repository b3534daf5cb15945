/**
 * Bytes on the wire: Avro single-object encoding for everything, and the in-place writer and view of pixel batches. Called on
 * whichever thread holds the bytes; nothing here keeps state.
 */
@org.jspecify.annotations.NullMarked
package retort.codec;
