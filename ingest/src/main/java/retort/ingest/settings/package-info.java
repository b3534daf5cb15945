/** All settings under {@code ingest}, parsed and checked once, at the start of the service or of a dry run. Immutable; any thread. */
@org.jspecify.annotations.NullMarked
package retort.ingest.settings;
