/**
 * Tar archives read by their headers, in place, also inside other archives. Called by the sources that live in tars, each reader
 * by one thread; nothing is unpacked and nothing is kept but what the caller asks for.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.tar;
