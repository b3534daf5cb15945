/**
 * The evaluator: it scores every announced checkpoint once by every suite and publishes the results.
 * {@link retort.evaluator.EvaluatorService} starts and stops it; {@link retort.evaluator.EvaluationPipeline} names the threads.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator;
