package retort.trainer.pipeline;

/** How a run ended. */
public sealed interface RunOutcome {
    /** All its steps are taken. */
    record Finished() implements RunOutcome {
    }

    /** It left on request after the step under way. It is saved there and can be resumed. */
    record Stopped() implements RunOutcome {
    }

    /**
     * It could not begin or go on.
     *
     * @param reason its message is made for people
     */
    record Failed(Throwable reason) implements RunOutcome {
    }
}
