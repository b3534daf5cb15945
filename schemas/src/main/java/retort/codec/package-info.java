/**
 * Bytes on the wire: Avro's single-object encoding for all records, and the in-place writer and view of pixel batches. The code runs on
 * the caller's thread. Codecs are immutable; a writer belongs to one record.
 */
@org.jspecify.annotations.NullMarked
package retort.codec;
