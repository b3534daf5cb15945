/**
 * CIFAR-10 and CIFAR-100 in their binary versions, records of a fixed length with labels before pixels, and in their Python versions,
 * pickles of one array and a list of labels. The ingest pipeline opens a source and
 * reads it from any of its threads. Each sample has an array of its own.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.cifar;
