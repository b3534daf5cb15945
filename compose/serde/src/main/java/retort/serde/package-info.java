/**
 * A serde for kafbat's kafka-ui that shows Retort's records as JSON. kafka-ui loads the jar of this module by itself, so it depends on no
 * other module and runs on Java 17. It only reads.
 */
@org.jspecify.annotations.NullMarked
package retort.serde;
