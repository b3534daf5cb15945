package retort.ingest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import retort.kafka.BatchRecord;
import retort.kafka.KafkaSettings;
import retort.kafka.StreamPosition;
import retort.kafka.StreamReader;
import retort.kafka.StreamRegistry;
import retort.kafka.Topics;
import retort.record.Stream;

/** Reads streams back, as a trainer would: committed records only, in sequence, failing at a gap. */
final class Streams {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private Streams() {
    }

    static Stream description(KafkaSettings kafka, Topics topics, String name) {
        return new StreamRegistry(kafka, topics, (key, where, reason) -> {
            throw new AssertionError(where + ": " + reason);
        }, TIMEOUT).find(name).orElseThrow();
    }

    /** The records from sequence 0 to {@code last}. */
    static List<BatchRecord> read(KafkaSettings kafka, Topics topics, String name, long last) {
        return StreamReader.read(kafka, topics, description(kafka, topics, name), StreamPosition.START, OptionalLong.of(last),
                8 << 20, "test").collectList().block(TIMEOUT);
    }

    /** Everything that decides what a trainer sees, record by record. */
    static List<String> contents(List<BatchRecord> records) {
        final List<String> contents = new ArrayList<>();
        for (final BatchRecord record : records) {
            final byte[] pixels = new byte[record.batch().pixels().remaining()];
            record.batch().pixels().duplicate().get(pixels);
            contents.add(record.sequence() + " epoch " + record.batch().epoch() + " labels "
                    + java.util.Arrays.toString(record.batch().labels()) + " ids "
                    + java.util.Arrays.toString(record.batch().sampleIds()) + " pixels " + java.util.Arrays.hashCode(pixels));
        }
        return contents;
    }
}
