package retort.evaluator;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import retort.kafka.Keys;
import retort.record.CheckpointReady;

/** The checkpoints that need no more work, because they were scored or rejected. The pipeline adds to it. Any thread may wait for it. */
final class SettledCheckpoints {
    private final Sinks.Many<Map<String, String>> settled = Sinks.many().replay().latestOrDefault(Map.of());
    private Map<String, String> latest = Map.of();

    /** Adds a checkpoint. Only one caller at a time. */
    void add(CheckpointReady checkpoint) {
        final Map<String, String> next = new HashMap<>(latest);
        next.put(Keys.checkpoint(checkpoint.getRun(), checkpoint.getStep()), checkpoint.getSha256());
        latest = Map.copyOf(next);
        settled.tryEmitNext(latest).orThrow();
    }

    /** Completes when all of {@code checkpoints} are settled. */
    Mono<Void> all(Collection<CheckpointReady> checkpoints) {
        return settled.asFlux().filter(done -> checkpoints.stream()
                .allMatch(checkpoint -> checkpoint.getSha256()
                        .equals(done.get(Keys.checkpoint(checkpoint.getRun(), checkpoint.getStep())))))
                .next().then();
    }
}
