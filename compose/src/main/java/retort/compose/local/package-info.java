/**
 * {@code local}: a real broker and all services in one JVM, on the bundled data, with a report at the end. One thread of
 * its own (main) starts and ends them in order; they meet only through the broker.
 */
@org.jspecify.annotations.NullMarked
package retort.compose.local;
