/**
 * MNIST's IDX files, plain or compressed, mapped into memory and handed out as pixels. The ingest thread opens a source, and the decoding
 * pool reads it. The source owns the mapping.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.idx;
