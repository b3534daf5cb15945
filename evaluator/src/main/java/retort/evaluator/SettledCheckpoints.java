package retort.evaluator;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import retort.kafka.Keys;
import retort.record.CheckpointReady;

/** The checkpoints that need no more work, because they were scored, rejected or deleted. The pipeline adds to it. Any thread may wait for it. */
final class SettledCheckpoints {
    /** Stands in the place of the SHA-256 of a deleted checkpoint. */
    private static final String DELETED = "deleted";

    private final Sinks.Many<Map<String, String>> settled = Sinks.many().replay().latestOrDefault(Map.of());
    private Map<String, String> latest = Map.of();

    /** Adds a checkpoint. Only one caller at a time. */
    void add(CheckpointReady checkpoint) {
        put(Keys.checkpoint(checkpoint.getRun(), checkpoint.getStep()), checkpoint.getSha256());
    }

    /** Adds a checkpoint whose tombstone was read. Only one caller at a time. */
    void addDeleted(String key) {
        put(key, DELETED);
    }

    private void put(String key, String sha256) {
        final Map<String, String> next = new HashMap<>(latest);
        next.put(key, sha256);
        latest = Map.copyOf(next);
        settled.tryEmitNext(latest).orThrow();
    }

    /** Completes when all of {@code checkpoints} are settled. */
    Mono<Void> all(Collection<CheckpointReady> checkpoints) {
        return settled.asFlux().filter(done -> checkpoints.stream().allMatch(checkpoint -> isIn(done, checkpoint))).next().then();
    }

    private static boolean isIn(Map<String, String> done, CheckpointReady checkpoint) {
        final String sha256 = done.get(Keys.checkpoint(checkpoint.getRun(), checkpoint.getStep()));
        return checkpoint.getSha256().equals(sha256) || DELETED.equals(sha256);
    }
}
