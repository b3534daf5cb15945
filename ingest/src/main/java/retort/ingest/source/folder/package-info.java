/**
 * Image files on disk, in one folder for each class. They are listed once, in a canonical order, and read when they are asked for. The
 * ingest thread opens a source, and the decoding pool reads it.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.folder;
