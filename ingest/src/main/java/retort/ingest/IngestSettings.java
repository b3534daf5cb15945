package retort.ingest;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import retort.ingest.recipe.RecipeSettings;
import retort.settings.Section;

/**
 * Everything under {@code ingest}, and the seed.
 *
 * @param streams what this process publishes, in the order train, val, probe
 * @param sourceOptions passed on to sources
 * @param mean of each channel, of pixel/255
 * @param std of each channel, of pixel/255
 * @param imagesPerRecord at least 1
 * @param partitions of each stream's topic
 * @param partitionsOwned those that this process publishes, never empty
 * @param maxAhead images
 * @param transactionRecords records in one transaction, at most
 * @param linger how long an unfilled transaction waits
 * @param threads of the decoding pool, at least 1
 * @param memory bytes of records and decoded images in flight
 * @param shuffleWindow samples
 */
public record IngestSettings(long seed, List<StreamSettings> streams, Map<String, String> sourceOptions, List<Double> mean,
        List<Double> std, int imagesPerRecord, int partitions, Set<Integer> partitionsOwned, long maxAhead,
        int transactionRecords,
        Duration linger, int threads, long memory, int shuffleWindow) {
    /** An untouched broker takes records of 1 MiB; the difference is room for the record's own header. */
    private static final int RECORD = (1 << 20) - 4096;
    private static final int MOST_IMAGES = 256;
    /** Room for a label and a sample id at their longest. */
    private static final int PER_IMAGE = 15;
    private static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);
    private static final List<Double> IMAGENET_STD = List.of(0.229, 0.224, 0.225);

    public IngestSettings {
        streams = List.copyOf(streams);
        sourceOptions = Map.copyOf(sourceOptions);
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        partitionsOwned = Set.copyOf(partitionsOwned);
    }

    /** @throws retort.settings.SettingException for a value that is not allowed */
    public static IngestSettings from(Config whole) {
        final Section ingest = Section.of(whole, "ingest");
        final long seed = whole.getLong("seed");
        final List<StreamSettings> streams = StreamSettings.all(ingest, seed);
        final RecipeSettings recipe = streams.getFirst().recipe();
        final int partitions = ingest.integer("partitions", 1, 1024);
        final int images = ingest.integer("images-per-record", 0, 1 << 20);
        final Map<String, String> options = new TreeMap<>();
        whole.getObject("ingest.source-options")
                .forEach((key, value) -> options.put(key, String.valueOf(value.unwrapped())));
        return new IngestSettings(seed, streams, options, perChannel(ingest, "mean", recipe.channels(), IMAGENET_MEAN),
                perChannel(ingest, "std", recipe.channels(), IMAGENET_STD), images > 0 ? images : derived(recipe.imageBytes()),
                partitions, owned(ingest, partitions), ingest.number("max-ahead", 1, Long.MAX_VALUE / 4),
                ingest.integer("transaction.records", 1, 10_000),
                ingest.duration("transaction.linger", Duration.ofMillis(1), Duration.ofSeconds(5)),
                Optional.of(ingest.integer("threads", 0, 1024)).filter(n -> n > 0)
                        .orElseGet(() -> Runtime.getRuntime().availableProcessors()),
                ingest.bytes("memory", 1 << 20, 1L << 40), ingest.integer("shuffle-window", 1, 1 << 20));
    }

    /** Bytes of the largest record, header included. */
    public int maxRecordBytes() {
        return Math.toIntExact(4096 + (long) imagesPerRecord * (streams.getFirst().recipe().imageBytes() + PER_IMAGE));
    }

    /** Bytes of records in flight: half of the memory, and never less than two records. */
    public long recordMemory() {
        return Math.max(memory / 2, 2L * maxRecordBytes());
    }

    /** Bytes of decoded images in flight. */
    public long decodeMemory() {
        return memory / 2;
    }

    /** Records in one transaction: as many as are set, and no more than a quarter of what memory holds. */
    public int transaction() {
        return Math.clamp(recordMemory() / 4 / maxRecordBytes(), 1, transactionRecords);
    }

    /** Bytes of the stream that the broker keeps; -1 keeps all. */
    public long retentionBytes(StreamSettings stream) {
        return stream.retention().isEmpty()
                ? -1
                : Math.ceilDiv(stream.retention().getAsLong(), imagesPerRecord) * maxRecordBytes();
    }

    public Set<Integer> allPartitions() {
        return IntStream.range(0, partitions).boxed().collect(Collectors.toSet());
    }

    /** Records that {@code images} images fill, rounded down, at least one. */
    public long records(long images) {
        return Math.max(1, images / imagesPerRecord);
    }

    private static int derived(int imageBytes) {
        return Math.clamp(RECORD / (imageBytes + PER_IMAGE), 1, MOST_IMAGES);
    }

    private static List<Double> perChannel(Section ingest, String key, int channels, List<Double> imageNet) {
        final List<Double> given = ingest.reals(key);
        if (given.isEmpty())
            return channels == 3
                    ? imageNet
                    : List.of(imageNet.stream().mapToDouble(Double::doubleValue).average().orElseThrow());
        if (given.size() != channels || given.stream().anyMatch(v -> !(v >= 0 && v <= 1)))
            throw ingest.error(key, given, "must be " + channels + " numbers (one a channel) from 0 to 1");
        return given;
    }

    private static Set<Integer> owned(Section ingest, int partitions) {
        final Set<Integer> owned = new TreeSet<>(ingest.integers("partitions-owned"));
        if (owned.isEmpty())
            IntStream.range(0, partitions).forEach(owned::add);
        if (owned.stream().anyMatch(p -> p < 0 || p >= partitions))
            throw ingest.error("partitions-owned", owned, "must be among 0 to " + (partitions - 1) + " (ingest.partitions = "
                    + partitions + ")");
        return owned;
    }
}
