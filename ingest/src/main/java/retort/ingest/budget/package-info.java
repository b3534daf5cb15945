/**
 * A budget of bytes that several threads share. {@link retort.ingest.pack} asks for the room of a record before it fills the record,
 * and {@link retort.ingest.decode} asks for the room of an image before it decodes the image. Any thread.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.budget;
