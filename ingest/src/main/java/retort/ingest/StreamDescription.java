package retort.ingest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
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
        final String hash = sha256(description.setSettingsHash("").build() + "\n" + stream.recipe() + "\n"
                + settings.sourceOptions() + "\n" + stream.shuffled() + settings.shuffleWindow());
        return description.setSettingsHash(hash).setCreatedAt(Instant.now()).build();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
