package retort.ingest.demand;

/**
 * The position from which the lead of a stream is counted.
 *
 * @param sequence the first record that is still needed
 * @param of the owner of the position, for messages: {@code run distill}, {@code the stream's start}
 * @param waits true if the owner is a run that says that it waits for data itself
 */
public record Floor(long sequence, String of, boolean waits) {
    /** The floor of a stream that is published without regard to runs. */
    public static final Floor NONE = new Floor(0, "nobody", false);
}
