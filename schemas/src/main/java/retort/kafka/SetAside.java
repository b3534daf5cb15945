package retort.kafka;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.record.Rejected;

/**
 * Logs every undecodable event once and, if there is a sink, publishes it to {@code rejected}. Several readers of one process meet the
 * same event, and a table is read again and again. Therefore the places of events are remembered. After {@value #REMEMBERED} places all
 * of them are forgotten. Any thread may call it; it never blocks.
 */
final class SetAside implements Undecodable {
    private static final Logger LOG = LoggerFactory.getLogger(SetAside.class);
    private static final int REMEMBERED = 10_000;

    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Optional<Publishing> publishing;

    /**
     * The means to publish to {@code rejected}.
     *
     * @param sink belongs to the caller of {@link Broker#rejectingTo}
     * @param topic the topic {@code rejected}
     * @param service the publishing service; the source of the event begins with it
     */
    record Publishing(RecordSink sink, Topic<Rejected> topic, String service) {
    }

    SetAside(Optional<Publishing> publishing) {
        this.publishing = publishing;
    }

    @Override
    public void rejected(String topic, String key, String where, String reason) {
        if (!seen.add(where))
            return;
        if (seen.size() > REMEMBERED)
            seen.clear();
        LOG.warn("the event with key \"{}\" at {} cannot be read and is skipped: {}", key, where, reason);
        publishing.ifPresent(to -> to.sink().send(to.topic(), Rejected.newBuilder().setSource(to.service() + "/" + topic)
                .setWhat(key).setWhere(where).setReason(reason).setAt(Instant.now()).build())
                .subscribe(sent -> {
                }, failed -> LOG.warn("the event at {} could not be published to {}: {}", where, to.topic().name(),
                        failed.toString())));
    }
}
