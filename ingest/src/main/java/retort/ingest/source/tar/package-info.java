/**
 * Tar archives read by their headers, in place, also inside other archives. The sources that live in tars use a reader on one thread each.
 * Nothing is unpacked, and only the bytes that the caller asks for are kept.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.tar;
