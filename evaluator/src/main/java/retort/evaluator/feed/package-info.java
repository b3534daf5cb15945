/**
 * Published evaluations for programs and people that read them: as a Flux, as JSON lines and as a table; and the pictures of
 * checkpoints. Commands and the end of a local
 * run call this package on any thread. It only reads topics.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.feed;
