package retort.ingest.source.raw;

import java.util.List;
import java.util.Set;
import retort.ingest.source.ClassNames;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;

/** Opens {@code kafka:raw.NAME}. */
public final class RawTopicFactory implements DataSourceFactory {
    private static final String KIND = "raw.";

    @Override
    public String scheme() {
        return "kafka";
    }

    @Override
    public String usage() {
        return "kafka:raw.NAME[?classes=FILE]  a topic of encoded images, endless: plain bytes (key = id, header label), or RawImage in Avro";
    }

    @Override
    public DataSource open(String given, SourceContext context) throws SourceException {
        final SourceLocation location = SourceLocation.parse(scheme(), given, Set.of("classes"));
        final String name = location.path().startsWith(KIND) ? location.path().substring(KIND.length()) : "";
        if (!name.matches("[a-zA-Z0-9._-]{1,200}"))
            throw new SourceException(location + ": give raw.NAME, where NAME is letters, digits, '.', '_' and '-'");
        return new RawTopic(context.broker(), context.broker().topics().raw(name),
                ClassNames.given(location).orElse(List.of()));
    }
}
