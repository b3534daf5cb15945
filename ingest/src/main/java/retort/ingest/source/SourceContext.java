package retort.ingest.source;

import java.util.Map;
import retort.kafka.Broker;
import retort.place.Places;

/**
 * The things that a source may need beside its location.
 *
 * @param broker the broker, for sources that read topics
 * @param options {@code ingest.source-options}, for sources that take any
 * @param places opens {@code s3://} and {@code https://}; see {@link SourceLocation#parse(String, String, java.util.Set, SourceContext)}
 */
public record SourceContext(Broker broker, Map<String, String> options, Places places) {
    public SourceContext {
        options = Map.copyOf(options);
    }

    /** A context whose places have the defaults of reference.conf. */
    public SourceContext(Broker broker, Map<String, String> options) {
        this(broker, options, Places.standard());
    }
}
