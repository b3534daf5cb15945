package retort.ingest.dryrun;

import com.typesafe.config.Config;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import retort.ingest.Sources;
import retort.ingest.order.Layout;
import retort.ingest.order.SliceOrder;
import retort.ingest.settings.IngestSettings;
import retort.ingest.settings.StreamSettings;
import retort.ingest.source.DataSource;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.kafka.Broker;
import retort.place.Places;
import retort.thread.Worker;

/**
 * The samples of an epoch of the training stream, before it is published.
 *
 * @param samples empty if the source has no end
 * @param classNames empty if the source has no labels
 */
public record EpochSize(Optional<Long> samples, List<String> classNames) {
    /**
     * Lists {@code ingest.source}. Blocks; any thread.
     *
     * @return empty if the settings name no source
     * @throws SourceException if the source cannot be read
     */
    public static Optional<EpochSize> of(Config config) throws IOException, SourceException {
        if (config.getString("ingest.source").isEmpty())
            return Optional.empty();
        final IngestSettings settings = IngestSettings.from(config);
        final Optional<StreamSettings> training = settings.streams().stream().filter(StreamSettings::shuffled).findFirst();
        if (training.isEmpty())
            return Optional.empty();
        try (Places places = IngestSettings.places(config, settings.ahead());
                Worker reading = Worker.named("retort-epoch-size");
                DataSource source = Sources.open(training.get().source(),
                        new SourceContext(Broker.from(config), settings.sourceOptions(), places))) {
            return Optional.of(new EpochSize(
                    SliceOrder.of(source, training.get(), settings, reading.scheduler(), Optional.empty()).layout()
                            .map(Layout::samplesPerEpoch),
                    source.classNames()));
        }
    }
}
