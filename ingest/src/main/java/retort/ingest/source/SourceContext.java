package retort.ingest.source;

import java.util.Map;
import retort.kafka.KafkaSettings;
import retort.kafka.Topics;

/**
 * What a source may need beside its location.
 *
 * @param kafka the broker, for sources that read topics
 * @param topics names of topics
 * @param options {@code ingest.source-options}, for sources that take any
 */
public record SourceContext(KafkaSettings kafka, Topics topics, Map<String, String> options) {
    public SourceContext {
        options = Map.copyOf(options);
    }
}
