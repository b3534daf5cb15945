/**
 * Which samples belong to which sequence: an epoch's order, cut into slices, one a record. The ingest pipeline reads slices as
 * it has demand for them; a slice is immutable and its samples are read later, on the decoding pool.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.order;
