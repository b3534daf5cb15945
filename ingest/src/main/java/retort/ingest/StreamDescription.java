package retort.ingest;

import java.time.Instant;
import java.util.Optional;
import retort.digest.Sha256;
import retort.ingest.order.Layout;
import retort.ingest.source.DataSource;
import retort.record.Stream;

/** What readers of a stream are told about it before its first record. */
final class StreamDescription {
    private StreamDescription() {
    }

    static Stream of(StreamSettings stream, IngestSettings settings, DataSource source, Optional<Layout> layout) {
        final Stream.Builder description = Stream.newBuilder().setName(stream.name()).setSource(stream.source())
                .setRecipe(stream.recipe().name()).setSeed(settings.seed()).setChannels(stream.recipe().channels())
                .setHeight(stream.recipe().image()).setWidth(stream.recipe().image()).setMean(settings.mean())
                .setStd(settings.std()).setClassNames(source.classNames())
                .setSamplesPerEpoch(layout.map(Layout::samplesPerEpoch).orElse(null))
                .setImagesPerRecord(settings.imagesPerRecord()).setPartitions(settings.partitions()).setLastSequence(null)
                .setCreatedAt(Instant.EPOCH);
        final String hash = Sha256.of(description.setSettingsHash("").build() + "\n" + stream.recipe() + "\n"
                + settings.sourceOptions() + "\n" + stream.shuffled() + settings.shuffleWindow());
        return description.setSettingsHash(hash).setCreatedAt(Instant.now()).build();
    }
}
