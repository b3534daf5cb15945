package retort.ingest;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import retort.digest.Sha256;
import retort.ingest.order.Layout;
import retort.ingest.settings.IngestSettings;
import retort.ingest.settings.StreamSettings;
import retort.ingest.source.DataSource;
import retort.ingest.source.ShardedSource;
import retort.record.Stream;
import retort.settings.Identity;

/** Builds the record that tells readers of a stream about it before its first batch. Stateless; any thread. */
final class StreamDescription {
    private StreamDescription() {
    }

    static Stream of(StreamSettings stream, IngestSettings settings, DataSource source, Optional<Layout> layout) {
        final Identity identity = identity(stream, settings, source, layout);
        return Stream.newBuilder().setName(stream.name()).setSource(stream.shown())
                .setRecipe(stream.recipe().name()).setSeed(settings.seed()).setChannels(stream.recipe().channels())
                .setHeight(stream.recipe().image()).setWidth(stream.recipe().image()).setMean(settings.mean())
                .setStd(settings.std()).setClassNames(source.classNames())
                .setSamplesPerEpoch(layout.map(Layout::samplesPerEpoch).orElse(null))
                .setImagesPerRecord(settings.imagesPerRecord()).setPartitions(settings.partitions()).setLastSequence(null)
                .setSettings(identity.settings()).setSettingsHash(identity.hash()).setCreatedAt(Instant.now()).build();
    }

    /**
     * Returns {@code here}. It takes the settings of {@code there} if no known setting differs, so that the stream keeps its identity. A
     * later release may have added a key that {@code there} lacks. The stream was made with the default of that key, so any other value is
     * a difference.
     */
    static Stream goingOn(Stream there, Stream here) {
        final Identity then = Identity.of(there.getSettings());
        final Identity now = Identity.of(here.getSettings());
        final boolean same = !there.getSettings().isEmpty()
                && then.differingKeys(now).stream().allMatch(key -> !then.settings().containsKey(key) && isDefault(key, now));
        return same
                ? Stream.newBuilder(here).setSettings(there.getSettings()).setSettingsHash(there.getSettingsHash()).build()
                : here;
    }

    private static boolean isDefault(String key, Identity now) {
        final Identity defaults = IngestSettings.defaults();
        return !defaults.settings().containsKey(key)
                || Objects.equals(now.settings().get(key), defaults.settings().get(key));
    }

    /** The settings that decide the stream's bytes, and the present classes, samples and files of its source. */
    private static Identity identity(StreamSettings stream, IngestSettings settings, DataSource source,
            Optional<Layout> layout) {
        Identity identity = settings.identity(stream)
                .with("classes of " + stream.sourceKey(), classes(source.classNames()))
                .with("samples of " + stream.sourceKey(),
                        layout.map(cut -> String.valueOf(cut.samplesPerEpoch())).orElse("without end"));
        if (source.findings().listing().isPresent())
            identity = identity.with("files of " + stream.sourceKey() + " (digest of their names and sizes)",
                    source.findings().listing().get());
        if (source.findings().contents().isPresent())
            identity = identity.with("contents of " + stream.sourceKey() + " (digest of samples of their bytes)",
                    source.findings().contents().get());
        return source instanceof ShardedSource ? identity : identity.without(List.of("ingest.shuffle-window"));
    }

    private static String classes(List<String> names) {
        return names.size() + " (SHA-256 of their names " + Sha256.of(String.join("\n", names)) + ")";
    }
}
