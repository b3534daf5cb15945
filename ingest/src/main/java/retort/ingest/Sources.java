package retort.ingest;

import java.io.IOException;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import retort.ingest.settings.IngestSettings;
import retort.ingest.settings.StreamSettings;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.kafka.Broker;
import retort.place.PlaceException;
import retort.place.Places;

/** Finds sources by the scheme of their URI, among those that {@link ServiceLoader} knows. Blocking; any thread. */
public final class Sources {
    private Sources() {
    }

    static DataSource open(StreamSettings stream, IngestSettings settings, Broker broker, Places places) throws SourceException {
        return open(stream.source(), new SourceContext(broker, settings.sourceOptions(), places));
    }

    /**
     * Opens a source. The caller closes it.
     *
     * @param uri SCHEME:LOCATION
     * @throws SourceException if the scheme is unknown or there is nothing to read; the message names the way out
     */
    public static DataSource open(String uri, SourceContext context) throws SourceException {
        final int colon = uri.indexOf(':');
        final DataSourceFactory factory = byScheme().get(colon < 0 ? "" : uri.substring(0, colon));
        if (factory == null)
            throw new SourceException("source " + Places.shown(uri) + " has no known scheme: give SCHEME:LOCATION with one of "
                    + byScheme().keySet());
        try {
            return factory.open(uri.substring(colon + 1), context);
        } catch (PlaceException e) {
            throw new SourceException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new SourceException("source " + Places.shown(uri) + " cannot be read: " + e, e);
        }
    }

    /** The usage text, with one line for each scheme. */
    public static String usage() {
        return byScheme().values().stream().map(DataSourceFactory::usage).collect(Collectors.joining("\n"));
    }

    private static SortedMap<String, DataSourceFactory> byScheme() {
        return ServiceLoader.load(DataSourceFactory.class, Sources.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .collect(Collectors.toMap(DataSourceFactory::scheme, factory -> factory, (a, b) -> b, TreeMap::new));
    }
}
