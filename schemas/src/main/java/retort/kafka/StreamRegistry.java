package retort.kafka;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import retort.record.Stream;
import retort.settings.Identity;

/**
 * The descriptions of streams, on the topic {@code streams}. Ingest publishes one before the first batch and completes it after the last;
 * trainer and evaluator look up or wait. Immutable; any thread that may block, except for what returns a Mono.
 */
public final class StreamRegistry {
    private static final long IN_FLIGHT_BYTES = 1 << 20;

    /** Fields that do not make two streams different. */
    private static final Set<String> INCIDENTAL = Set.of("settingsHash", "lastSequence", "createdAt", "settings");

    private final Broker broker;

    StreamRegistry(Broker broker) {
        this.broker = broker;
    }

    /**
     * Publishes {@code stream} unless a stream of that name and settings hash is there. Blocks.
     *
     * @return the description in force: the one that was there, with its last sequence if it is complete, or {@code stream}
     * @throws StreamConflictException when a stream of that name is there with another settings hash
     */
    public Stream publish(Stream stream) {
        final Optional<Stream> present = find(stream.getName());
        if (present.isEmpty()) {
            put(stream);
            return stream;
        }
        if (!present.get().getSettingsHash().equals(stream.getSettingsHash()))
            throw new StreamConflictException(stream.getName(), differences(present.get(), stream));
        return present.get();
    }

    /** Says that {@code lastSequence} is the stream's last and has been committed. Blocks; may be called again. */
    public Stream complete(Stream stream, long lastSequence) {
        final Stream complete = Stream.newBuilder(stream).setLastSequence(lastSequence).build();
        put(complete);
        return complete;
    }

    /** The description in force. Blocks. */
    public Optional<Stream> find(String name) {
        return Optional.ofNullable(broker.table(broker.topics().streams()).get(name));
    }

    /** Waits, for ever, until there is a stream of this name. */
    public Mono<Stream> await(String name) {
        return descriptions(name).next();
    }

    /** Waits, for ever, until the stream of this name is complete: its last sequence is set. */
    public Mono<Stream> awaitComplete(String name) {
        return descriptions(name).filter(stream -> stream.getLastSequence() != null).next();
    }

    private Flux<Stream> descriptions(String name) {
        return broker.follow(broker.topics().streams(), From.EARLIEST, "streams-" + name)
                .filter(event -> event.key().equals(name)).mapNotNull(Event::value);
    }

    private void put(Stream stream) {
        try (RecordSink sink = broker.sink("streams-" + stream.getName(), IN_FLIGHT_BYTES)) {
            sink.send(broker.topics().streams(), stream).block(broker.timeout());
        }
    }

    /** By the user's own keys where both descriptions hold them, else by the fields of the records. */
    private static String differences(Stream there, Stream here) {
        final String settings = there.getSettings().isEmpty()
                ? ""
                : Identity.of(there.getSettings()).differences(Identity.of(here.getSettings()));
        if (!settings.isEmpty())
            return settings;
        final String fields = Stream.getClassSchema().getFields().stream().map(Schema.Field::name)
                .filter(field -> !INCIDENTAL.contains(field) && !Objects.equals(there.get(field), here.get(field)))
                .map(field -> field + " is " + there.get(field) + " there and " + here.get(field) + " here")
                .collect(Collectors.joining(", "));
        return fields.isEmpty()
                ? "settings hash is " + there.getSettingsHash() + " there and " + here.getSettingsHash() + " here"
                : fields;
    }
}
