/**
 * Parquet as Hugging Face keeps image sets in it: a column of encoded images and one of labels, read page by page. The ingest pipeline
 * opens a source. One thread reads each row group forward. It holds at most one page and one dictionary of each column, outside the heap.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.parquet;
