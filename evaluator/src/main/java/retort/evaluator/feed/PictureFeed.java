package retort.evaluator.feed;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Flux;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.kafka.Keys;
import retort.record.Picture;

/**
 * The pictures on the topic, past and future. It holds one picture at a time. A look-up reads the whole topic, which is one picture of
 * below 1 MiB for each checkpoint, so a program that looks often keeps what it found. Immutable, so any thread may use it.
 */
public final class PictureFeed {
    private final Broker broker;

    public PictureFeed(Broker broker) {
        this.broker = broker;
    }

    /** Emits every picture from {@code from} on, endlessly. Cold. Threads and demand are those of {@link Broker#follow}. */
    public Flux<Event<Picture>> subscribe(From from) {
        return broker.follow(broker.topics().pictures(), from, "pictures").filter(event -> event.value() != null);
    }

    /** The keys, run/step/suite, of the pictures that are published at the time of the call. Blocks, as {@link Broker#keys} does. */
    public Set<String> keys() {
        return broker.keys(broker.topics().pictures());
    }

    /** The picture of a checkpoint by a suite. Blocks, as {@link Broker#table} does. */
    public Optional<Picture> find(String run, long step, String suite) {
        return find(Keys.picture(run, step, suite));
    }

    /** The picture of the last checkpoint of {@code run} that has one by {@code suite}. Blocks, as {@link Broker#table} does. */
    public Optional<Picture> last(String run, String suite) {
        return keys().stream().filter(key -> key.startsWith(run + "/") && key.endsWith("/" + suite))
                .max(Comparator.comparingLong(key -> Long.parseLong(key.split("/", -1)[1]))).flatMap(this::find);
    }

    /** A copy of the PNG file in a picture. */
    public static byte[] png(Picture picture) {
        final byte[] png = new byte[picture.getPng().remaining()];
        picture.getPng().get(picture.getPng().position(), png);
        return png;
    }

    private Optional<Picture> find(String key) {
        final Map<String, Picture> found = broker.table(broker.topics().pictures(), key::equals);
        return Optional.ofNullable(found.get(key));
    }
}
