package retort.trainer.audit;

/**
 * Something that an audit found.
 *
 * @param kind of it
 * @param text one sentence for people, with the step, the record or the sample
 */
public record Finding(Kind kind, String text) {
    /** How a finding bears on the proof. */
    public enum Kind {
        /** Ingest has set images aside: they are in no record, so the run could not train on them. */
        REJECTED,
        /** The broker no longer holds the records; the ledger and the checkpoints alone speak for these steps. */
        NOT_HELD,
        /** Nothing explains it. The run is not proven. */
        FAULT
    }

    static Finding fault(String text) {
        return new Finding(Kind.FAULT, text);
    }
}
