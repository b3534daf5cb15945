/**
 * Learning: objectives, masks, optimiser and the {@link retort.trainer.learn.Learner} that takes a step, and the
 * {@link retort.trainer.learn.Encoder} that only looks. Settings records are immutable and belong to any thread; learners and
 * encoders to the engine's, and so does the native memory that they hold until they are closed.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.learn;
