/** SHA-256 of bytes, texts and files. No other package asks Java for a message digest. Stateless, so any thread may call it. */
@org.jspecify.annotations.NullMarked
package retort.digest;
