/**
 * MNIST's IDX files, plain or compressed, mapped into memory and handed out as pixels. Opened on the ingest thread, read on the
 * decoding pool; the source owns the mapping.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.idx;
