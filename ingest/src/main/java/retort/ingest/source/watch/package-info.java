/**
 * A folder watched for new images, as an unbounded source. Subscribed to by the ingest pipeline; one thread a subscription looks
 * for files, writes down the order in which they arrived, and emits them as they are asked for.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.watch;
