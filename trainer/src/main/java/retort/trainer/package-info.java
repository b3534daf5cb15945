/**
 * The trainer as a service. {@link retort.trainer.TrainerService} reads the settings under {@code trainer} and trains the runs in them
 * one after the other, on its thread {@code retort-trainer}. The steps run on the thread of the engine, which {@code compose} starts.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer;
