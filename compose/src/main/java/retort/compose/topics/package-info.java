/**
 * {@code retort topics}: a list of Retort's topics, their settings, and their records as JSON. Runs on the main thread and reads only
 * committed records.
 */
@org.jspecify.annotations.NullMarked
package retort.compose.topics;
