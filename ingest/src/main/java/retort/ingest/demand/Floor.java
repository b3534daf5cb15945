package retort.ingest.demand;

/**
 * The position from which the lead of a stream is counted.
 *
 * @param sequence the first record that is still needed
 * @param of the one whose position it is, for people: {@code run distill}, {@code the stream's start}
 * @param waits true if that run says that it waits for data itself
 */
public record Floor(long sequence, String of, boolean waits) {
    /** For streams that are published without regard to runs. */
    public static final Floor NONE = new Floor(0, "nobody", false);
}
