package retort.evaluator.images;

import java.util.Optional;
import org.apache.kafka.common.IsolationLevel;
import reactor.core.publisher.Mono;
import retort.codec.EventCodec;
import retort.kafka.Event;
import retort.kafka.EventReader;
import retort.kafka.KafkaSettings;
import retort.kafka.Topics;
import retort.kafka.Undecodable;
import retort.record.Stream;

/** Waits for a stream to have an end. */
public final class CompleteStream {
    private CompleteStream() {
    }

    /** The stream's description once it is announced with its last sequence; never before, however long that takes. */
    public static Mono<Stream> await(KafkaSettings kafka, Topics topics, String name, Undecodable rejected) {
        return EventReader
                .read(kafka, topics.streams(), EventCodec.of(Stream.class), EventReader.From.EARLIEST,
                        IsolationLevel.READ_COMMITTED, rejected, "evaluator-await-" + name)
                .filter(event -> event.key().equals(name))
                .map(Event::value).mapNotNull(stream -> stream)
                .filter(stream -> Optional.ofNullable(stream.getLastSequence()).isPresent())
                .next();
    }
}
