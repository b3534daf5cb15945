package retort.ingest.demand;

/**
 * How far a stream may be published.
 *
 * @param sequence the first that must wait
 * @param floor the sequence it is counted from
 * @param of whom it is counted from, for people: {@code run distill}, {@code the stream's start}
 */
public record Limit(long sequence, long floor, String of) {
    public static final Limit NONE = new Limit(Long.MAX_VALUE, 0, "nobody");

    public boolean allows(long wanted) {
        return wanted < sequence;
    }
}
