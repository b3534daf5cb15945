/**
 * What {@code trainer} in the settings says, as records: read once at the start, on the starting thread, then immutable. Shapes
 * that come with a stream or a teacher are filled in when a run begins.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.settings;
