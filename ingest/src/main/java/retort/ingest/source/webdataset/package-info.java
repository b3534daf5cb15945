/**
 * WebDataset shards: tars whose consecutive members of one key are one sample. Opened by the ingest pipeline; plain tars are
 * indexed and read at any sample from any thread, compressed ones are read forward by one thread each.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.webdataset;
