/**
 * A server of Amazon's S3 protocol in the same JVM, and a proxy before it that breaks connections, delays them and answers errors. For
 * tests and benchmarks. The one who starts a server closes it.
 */
@org.jspecify.annotations.NullMarked
package retort.bucket;
