package retort.evaluator;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Flux;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.kafka.Keys;
import retort.record.CheckpointReady;

/** The checkpoints that trainers have announced. Immutable, so any thread may use it. */
final class Announcements {
    private final Broker broker;

    Announcements(Broker broker) {
        this.broker = broker;
    }

    /**
     * Emits every announcement, from the first one on, endlessly. A value of null is a tombstone: the checkpoint of the key is deleted.
     * Emits on the reader's own thread.
     */
    Flux<Event<CheckpointReady>> follow() {
        return broker.follow(broker.topics().checkpoints(), From.EARLIEST, "evaluator-checkpoints");
    }

    /** The checkpoints that exist now: the latest announcement of each key, without deleted ones. Blocks. */
    Collection<CheckpointReady> present() {
        return table().values();
    }

    /** @return true if the latest announcement of this run and step names these weights. Blocks. */
    boolean isCurrent(CheckpointReady checkpoint) {
        return Optional.ofNullable(table().get(Keys.checkpoint(checkpoint.getRun(), checkpoint.getStep())))
                .filter(latest -> latest.getSha256().equals(checkpoint.getSha256())).isPresent();
    }

    /** @return true if a checkpoint of the same run with a higher step exists now. Blocks. */
    boolean hasLater(CheckpointReady checkpoint) {
        return present().stream().anyMatch(
                other -> other.getRun().equals(checkpoint.getRun()) && other.getStep() > checkpoint.getStep());
    }

    private Map<String, CheckpointReady> table() {
        return broker.table(broker.topics().checkpoints());
    }
}
