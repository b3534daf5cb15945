package retort.compose.plan;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import retort.ingest.dryrun.EpochSize;
import retort.ingest.settings.IngestSettings;
import retort.ingest.source.SourceException;
import retort.record.Stream;
import retort.settings.SettingException;

/** The stream that ingest would publish, as far as a cost depends on it. Stateless; blocks while a source is listed. */
public final class PlannedStream {
    /** Classes of a classifier if neither a source nor the settings name them. Its cost hardly depends on them. */
    private static final int UNKNOWN_CLASSES = 2;
    private static final String SOURCE = "ingest.source";

    private PlannedStream() {
    }

    /**
     * @param images images of an epoch; empty for those of {@code ingest.source}
     * @throws SettingException if a run is measured in epochs, and nothing tells the images of one
     */
    public static Stream of(Config config, Optional<Long> images) throws IOException, SourceException {
        final IngestSettings ingest = IngestSettings.from(named(config));
        final Optional<EpochSize> listed = images.isEmpty() ? EpochSize.of(config) : Optional.empty();
        final Config trainer = config.getConfig("trainer");
        if (images.isEmpty() && listed.isEmpty() && isByEpochs(trainer))
            throw new SettingException("a run by epochs has as many steps as its stream has images, and ingest.source names none:"
                    + " give it, or --images N");
        final int side = config.getInt("ingest.image");
        return Stream.newBuilder().setName(trainer.getString("stream")).setSource("").setRecipe("").setSeed(0)
                .setChannels(config.getInt("ingest.channels")).setHeight(side).setWidth(side).setMean(ingest.mean())
                .setStd(ingest.std()).setClassNames(listed.map(EpochSize::classNames).orElseGet(() -> unnamed(trainer)))
                .setSamplesPerEpoch(images.or(() -> listed.flatMap(EpochSize::samples)).orElse(null))
                .setImagesPerRecord(1).setPartitions(1).setLastSequence(null).setSettings(Map.of()).setSettingsHash("")
                .setCreatedAt(Instant.EPOCH).build();
    }

    /** The settings with some source, because ingest's settings are refused without one, and a plan may do without. */
    private static Config named(Config config) {
        return config.getString(SOURCE).isEmpty()
                ? config.withValue(SOURCE, ConfigValueFactory.fromAnyRef("none:"))
                : config;
    }

    private static boolean isByEpochs(Config trainer) {
        return trainer.getDouble("epochs") > 0 || trainer.getConfigList("runs").stream()
                .anyMatch(run -> run.hasPath("epochs") && run.getDouble("epochs") > 0);
    }

    private static List<String> unnamed(Config trainer) {
        final int classes = trainer.getInt("finetune.classes");
        return IntStream.range(0, classes > 0 ? classes : UNKNOWN_CLASSES).mapToObj(Integer::toString).toList();
    }
}
