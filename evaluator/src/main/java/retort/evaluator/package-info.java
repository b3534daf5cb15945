/**
 * The evaluator: every announced checkpoint is scored once and what is found is published to the topics that people subscribe
 * to. {@link retort.evaluator.EvaluatorService} starts it; reading, engine and publishing threads are named in
 * {@link retort.evaluator.EvaluationPipeline}.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator;
