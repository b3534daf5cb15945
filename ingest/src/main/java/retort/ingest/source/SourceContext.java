package retort.ingest.source;

import java.util.Map;
import retort.kafka.Broker;

/**
 * The things that a source may need beside its location.
 *
 * @param broker the broker, for sources that read topics
 * @param options {@code ingest.source-options}, for sources that take any
 */
public record SourceContext(Broker broker, Map<String, String> options) {
    public SourceContext {
        options = Map.copyOf(options);
    }
}
