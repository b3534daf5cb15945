/**
 * The trainer as a service: what {@code trainer} in the settings says, and the runs done one after the other. Started by
 * {@code compose}; a thread of its own ({@code retort-trainer}) carries the runs, steps are tasks of the engine's.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer;
