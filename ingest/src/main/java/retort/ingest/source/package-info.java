/**
 * Sources of images. A {@link retort.ingest.source.DataSource} lists samples in a canonical order and hands out their encoded bytes or
 * their pixels. It does not shuffle and does not decode. The ingest pipeline opens a source on the thread of its stream and reads it on the
 * decoding pool. The arrays that a source hands out belong to the pipeline.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source;
