/**
 * WebDataset shards: tars whose consecutive members of one key are one sample. The ingest pipeline opens a source. Plain tars are indexed,
 * and any thread reads any sample. Compressed tars are read forward by one thread each.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.webdataset;
