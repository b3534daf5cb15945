/**
 * Published evaluations for those who read them: as a Flux, as JSON lines and as a table. Commands and the end of a local run call it
 * on any thread. It only reads topics.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.feed;
