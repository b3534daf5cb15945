/**
 * Image files on disk, in one folder for each class. They are listed once, in a canonical order, and read when they are asked for. Opened on the ingest thread,
 * read on the decoding pool.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.folder;
