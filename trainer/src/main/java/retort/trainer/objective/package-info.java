/**
 * Objectives, one file each: settings with their keys, parameters, draws of a step, arguments for the program, teacher and first
 * weights, loss parts, and the facts about the model in a checkpoint. {@link retort.trainer.objective.Objectives} finds them by
 * {@link java.util.ServiceLoader}; no class outside this package names one. Everything here is immutable, works on the host and may
 * be used on any thread.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.objective;
