/**
 * Decides which samples belong to which sequence. The order of an epoch is cut into slices, and each slice becomes one record. The ingest
 * pipeline requests slices as it has demand for them. A slice is immutable. Its samples are read later, on the decoding pool.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.order;
