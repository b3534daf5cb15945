/**
 * Evaluations for those who subscribe: the topic as a Flux, as JSON lines and as a table for people. Commands and the end of a
 * local run call it, on any thread; it reads, and writes to no topic.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.feed;
