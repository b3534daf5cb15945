/**
 * A folder watched for new images, as an unbounded source. The ingest pipeline subscribes to it. Each subscription has one thread, which
 * looks for files, writes down the order in which they arrived, and emits them as they are asked for.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.watch;
