/**
 * {@code bench}: the modules' benchmarks by name, with a broker of this process for those that publish. Called on the main thread,
 * which they keep until they are done.
 */
@org.jspecify.annotations.NullMarked
package retort.compose.bench;
