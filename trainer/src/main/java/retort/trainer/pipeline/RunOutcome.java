package retort.trainer.pipeline;

/** The outcome of a run. */
public sealed interface RunOutcome {
    /** All steps of the run are taken. */
    record Finished() implements RunOutcome {
    }

    /** The run stopped on request after a step. It is saved there and can be resumed. */
    record Stopped() implements RunOutcome {
    }

    /**
     * The run could not begin or go on.
     *
     * @param reason an exception whose message is for people
     */
    record Failed(Throwable reason) implements RunOutcome {
    }
}
