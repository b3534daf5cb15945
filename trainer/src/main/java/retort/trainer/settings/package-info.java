/**
 * The settings under {@code trainer} as immutable records. {@link retort.trainer.settings.TrainerSettings} reads and checks them once,
 * on the starting thread. The keys of one objective are read in {@code retort.trainer.objective}.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.settings;
