package retort.trainer.watch;

import retort.record.TrainingProgress;

/** Writes the reports of one run to files. Blocks; one call at a time. A failure is an {@link java.io.UncheckedIOException}. */
interface ReportWriter {
    /**
     * Opens the files. Reports of steps after {@code step} are removed, because these steps come again.
     *
     * @param step number of steps that the run has taken
     */
    void open(long step);

    /** Writes a report. When this returns, the report survives a kill of the process. After a failure nothing of it is left in the files. */
    void write(TrainingProgress report);

    /** Closes the files. Does nothing if they are not open. */
    void close();
}
