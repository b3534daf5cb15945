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
 * The descriptions of streams, on the topic {@code streams}. Ingest publishes a description before the first batch and completes it after
 * the last one. Trainer and evaluator look it up or wait for it. Immutable. Any thread that may block may call it; methods that return a
 * Mono do not block.
 */
public final class StreamRegistry {
    private static final long IN_FLIGHT_BYTES = 1 << 20;

    /** Fields that may differ between two descriptions of the same stream. */
    private static final Set<String> INCIDENTAL = Set.of("settingsHash", "lastSequence", "createdAt", "settings");

    private final Broker broker;

    StreamRegistry(Broker broker) {
        this.broker = broker;
    }

    /**
     * Publishes {@code stream} unless a stream of that name and settings hash exists. Blocks.
     *
     * @return the valid description: the existing one, with its last sequence if it is complete, or else {@code stream}
     * @throws StreamConflictException if a stream of that name exists with another settings hash
     */
    public Stream publish(Stream stream) {
        final Optional<Stream> present = find(stream.getName());
        if (present.isEmpty()) {
            put(stream);
            return stream;
        }
        requireSame(present.get(), stream);
        return present.get();
    }

    /** @throws StreamConflictException if {@code stream} is to be published under other settings than {@code there} */
    public static void requireSame(Stream there, Stream stream) {
        if (!there.getSettingsHash().equals(stream.getSettingsHash()))
            throw new StreamConflictException(stream.getName(), differences(there, stream));
    }

    /** Publishes that {@code lastSequence} is the stream's last and has been committed. Blocks. It may be called again. */
    public Stream complete(Stream stream, long lastSequence) {
        final Stream complete = Stream.newBuilder(stream).setLastSequence(lastSequence).build();
        put(complete);
        return complete;
    }

    /** The valid description. Blocks. Empty if there is no stream of this name. */
    public Optional<Stream> find(String name) {
        return Optional.ofNullable(broker.table(broker.topics().streams()).get(name));
    }

    /** Waits without a limit until there is a stream of this name. */
    public Mono<Stream> await(String name) {
        return descriptions(name).next();
    }

    /** Waits without a limit until the stream of this name is complete, which means that its last sequence is set. */
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

    /** Compares the user's own keys if both descriptions contain them, otherwise the fields of the records. */
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
