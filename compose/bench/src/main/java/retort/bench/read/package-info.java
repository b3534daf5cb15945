/** {@code retort bench read}: the input path of the trainer against Kafka's own consumer tool. */
@org.jspecify.annotations.NullMarked
package retort.bench.read;
