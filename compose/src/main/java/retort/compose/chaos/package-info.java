/**
 * {@code chaos}: a whole job in real processes under faults, compared with the same job without faults. {@link FaultPlan} draws the faults
 * from the seed, {@link Storm} lets them happen, and {@link Verdict} compares. Everything runs on the main thread, except
 * {@link JobProgress}, which a reader's thread feeds.
 */
@org.jspecify.annotations.NullMarked
package retort.compose.chaos;
