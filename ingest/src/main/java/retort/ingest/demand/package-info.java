/**
 * How far ingest may run ahead: a pure rule over what runs report, and its connection to the topic {@code progress}. The
 * ingest pipeline asks before it reads a slice; answers come on the reading thread of the topic.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.demand;
