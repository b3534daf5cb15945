package retort.trainer.audit;

/**
 * Something that an audit found.
 *
 * @param kind its meaning for the proof
 * @param text one sentence for people, with the step, the record or the sample
 */
public record Finding(Kind kind, String text) {
    /** The meaning of a finding for the proof. */
    public enum Kind {
        /** Ingest has rejected images. They are in no record, so the run could not train on them. */
        REJECTED,
        /** The run has passed over images, because {@code trainer.skip} named their records. */
        SKIPPED,
        /** The broker no longer holds the records. Only the ledger and the checkpoints are evidence for these steps. */
        NOT_HELD,
        /** A fault without an explanation. The run is not proven. */
        FAULT
    }

    static Finding fault(String text) {
        return new Finding(Kind.FAULT, text);
    }
}
