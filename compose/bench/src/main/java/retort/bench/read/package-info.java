/** {@code retort bench read} and {@code wait}: the input path of the trainer against Kafka's own consumer tool, and the waits of a run. */
@org.jspecify.annotations.NullMarked
package retort.bench.read;
