/**
 * CIFAR-10 and CIFAR-100 in their binary versions: records of a fixed length, labels before pixels. Opened by the ingest
 * pipeline and read from any of its threads; pixels are handed out in arrays of their own.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.cifar;
