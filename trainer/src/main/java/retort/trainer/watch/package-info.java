/**
 * Listeners that show the figures of a run: TensorBoard event files, JSON lines for scripts, and figures for Prometheus. A
 * {@link retort.trainer.watch.ReportListener} decides when a report is due; a {@link retort.trainer.watch.ReportWriter} writes it. After a
 * resume, the reports of steps that are taken again are cut off first, so that a file has each reported step once.
 * <p>
 * Threads: each listener runs on the thread of its own that every {@link retort.trainer.pipeline.RunListener} of a factory has.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.watch;
