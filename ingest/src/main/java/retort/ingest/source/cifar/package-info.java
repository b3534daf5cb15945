/**
 * CIFAR-10 and CIFAR-100 in their binary versions: records of a fixed length, labels before pixels. Opened by the ingest
 * pipeline and read from any of its threads; each sample has an array of its own.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.cifar;
