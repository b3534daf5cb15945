/**
 * Parquet as Hugging Face keeps image sets in it: a column of encoded images and one of labels, read page by page. Opened by the
 * ingest pipeline; each row group is read forward by one thread, which holds at most one page, outside the heap.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.parquet;
