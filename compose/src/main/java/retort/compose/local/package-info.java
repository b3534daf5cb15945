/**
 * {@code local}: a real broker and all services in one JVM, on the bundled data, with a report at the end. The main thread starts and
 * ends the services in order. The services exchange data only through the broker.
 */
@org.jspecify.annotations.NullMarked
package retort.compose.local;
