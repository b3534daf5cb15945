package retort.kafka;

import java.time.Duration;
import java.util.OptionalLong;
import reactor.core.publisher.Flux;
import retort.record.Stream;

/** Reads the batches of a stream in sequence order. */
public final class StreamReader {
    private StreamReader() {
    }

    /**
     * Records of {@code images.<stream>} from {@code from} on, merged over its partitions by sequence. A repeated sequence is
     * dropped. Demand is counted in records; what is fetched ahead of it is bounded by {@code budgetBytes}, divided by
     * partition, and the partition that owes the next sequence is never paused. {@code read_committed}, {@code assign} and
     * {@code seek}, no group. Cold: each subscriber gets a consumer and a thread ({@code retort-source-NAME}) of its own and
     * is called on that thread; cancelling closes the consumer.
     * <p>
     * Completes after {@code lastSequence} where that is given. Fails with {@link StreamGapException} for a gap or an
     * undecodable record, and with {@link PositionOutOfRangeException} where retention has outrun {@code from}.
     *
     * @param name names the thread and the client id
     */
    public static Flux<BatchRecord> read(KafkaSettings kafka, Topics topics, Stream stream, StreamPosition from,
            OptionalLong lastSequence, long budgetBytes, String name) {
        throw new UnsupportedOperationException();
    }

    /** The first sequence still in the log. Blocks; reads records, since offsets say nothing. Empty when no record is there. */
    public static OptionalLong earliestSequence(KafkaSettings kafka, Topics topics, Stream stream, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    /** One past the last committed sequence. Blocks. 0 for an empty stream. */
    public static long latestSequence(KafkaSettings kafka, Topics topics, Stream stream, Duration timeout) {
        throw new UnsupportedOperationException();
    }
}
