/**
 * Encoded images become pixels here, within one budget of bytes. Recipes call it on the decoding pool; scratch memory belongs
 * to the calling thread or to the budget's holder.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.decode;
