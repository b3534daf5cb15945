/**
 * A schema registry with Confluent's REST interface, for the Confluent framing of events. {@code Topics} holds one where
 * {@code schema-registry.url} is set. Services register their schemas at the start; readers ask for a schema id that they have not met.
 * Calls block the caller's thread within {@code schema-registry.timeout} and {@code schema-registry.attempts}. No thread stays.
 */
@org.jspecify.annotations.NullMarked
package retort.registry;
