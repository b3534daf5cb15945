/**
 * Image files on disk, one folder a class, listed once in a canonical order and read when asked. Opened on the ingest thread,
 * read on the decoding pool.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.folder;
