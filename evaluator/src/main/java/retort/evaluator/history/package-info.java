/**
 * Everything that the topics say of all runs, held in bounded memory for the page: progress thinned to a number of points, the newest
 * evaluations, streams, what was rejected, and a log of the latest events by which subscribers go on where they stopped.
 * {@link retort.evaluator.history.TopicFollower} reads the topics; {@link retort.evaluator.history.History} holds what they say. Both work on
 * one thread, the caller's worker. The package only reads topics, and knows nothing of HTTP.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.history;
