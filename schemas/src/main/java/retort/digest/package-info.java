/** SHA-256 of bytes, texts and files: the one place that asks Java for a message digest. Stateless; any thread. */
@org.jspecify.annotations.NullMarked
package retort.digest;
