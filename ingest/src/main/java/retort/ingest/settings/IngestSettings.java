package retort.ingest.settings;

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
import retort.ingest.budget.ByteBudget;
import retort.ingest.recipe.RecipeSettings;
import retort.place.PlaceSettings;
import retort.place.Places;
import retort.place.Room;
import retort.settings.Identity;
import retort.settings.Section;
import retort.settings.Settings;

/**
 * All settings under {@code ingest}, and the seed.
 *
 * @param seed seed of every random draw
 * @param streams the streams that this process publishes, in the order of {@code ingest.streams}
 * @param sourceOptions options that are passed on to sources
 * @param mean mean of each channel, of pixel/255
 * @param std standard deviation of each channel, of pixel/255
 * @param imagesPerRecord images of a full record, at least 1
 * @param partitions number of partitions of each stream's topic
 * @param partitionsOwned the partitions that this process publishes, never empty; all of them with a group
 * @param group the group whose members share the partitions; empty for a process that publishes {@code partitionsOwned}
 * @param id names this process in its group
 * @param maxAhead images that the training stream may be ahead of the slowest live run
 * @param maxRejected the largest share of an epoch's samples that may be rejected, 0 to 1
 * @param waitingToldAfter a wait that lasts longer is logged at WARN
 * @param transactionRecords most records in one transaction
 * @param linger time that an unfilled transaction waits for more records
 * @param threads threads of the decoding pool, at least 1
 * @param memory bytes of records and decoded images in flight
 * @param readAhead bytes that are fetched from s3:// and https:// before they are asked for
 * @param shuffleWindow number of samples within which a source that only reads forward is shuffled
 */
public record IngestSettings(long seed, List<StreamSettings> streams, Map<String, String> sourceOptions, List<Double> mean,
        List<Double> std, int imagesPerRecord, int partitions, Set<Integer> partitionsOwned, Optional<String> group, String id,
        long maxAhead, double maxRejected,
        Duration waitingToldAfter, int transactionRecords, Duration linger, int threads, long memory, long readAhead,
        int shuffleWindow) {
    /**
     * Bytes of a full record. A broker with default settings accepts records of 1 MiB; the difference is room for the record's own header.
     */
    private static final int RECORD = (1 << 20) - 4096;
    private static final int MOST_IMAGES = 256;
    /** Room for the longest label and sample id of an image, in bytes. */
    private static final int PER_IMAGE = 15;
    /**
     * Room for a record of one image beside its pixels, in bytes: its own header, the log's header, and its share of a transaction's
     * markers.
     */
    private static final int SHORT_RECORD = 1024;
    private static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);
    private static final List<Double> IMAGENET_STD = List.of(0.229, 0.224, 0.225);

    public IngestSettings {
        streams = List.copyOf(streams);
        sourceOptions = Map.copyOf(sourceOptions);
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        partitionsOwned = Set.copyOf(partitionsOwned);
    }

    /** @throws retort.settings.SettingException if a value is not allowed */
    public static IngestSettings from(Config whole) {
        final Section ingest = Section.of(whole, "ingest");
        final long seed = whole.getLong("seed");
        final List<StreamSettings> streams = StreamSettings.all(ingest, Section.of(Settings.reference(), "ingest"), seed);
        final RecipeSettings recipe = streams.getFirst().recipe();
        final int partitions = ingest.integer("partitions", 1, 1024);
        final int images = ingest.integer("images-per-record", 0, 1 << 20);
        final Map<String, String> options = new TreeMap<>();
        whole.getObject("ingest.source-options")
                .forEach((key, value) -> options.put(key, String.valueOf(value.unwrapped())));
        return new IngestSettings(seed, streams, options, perChannel(ingest, "mean", recipe.channels(), IMAGENET_MEAN),
                perChannel(ingest, "std", recipe.channels(), IMAGENET_STD), images > 0 ? images : derived(recipe.imageBytes()),
                partitions, owned(ingest, partitions), ingest.optionalString("group"), id(ingest),
                ingest.number("max-ahead", 1, Long.MAX_VALUE / 4),
                ingest.real("max-rejected", 0, 1),
                ingest.duration("waiting-told-after", Duration.ofSeconds(1), Duration.ofDays(1)),
                ingest.integer("transaction.records", 1, 10_000),
                ingest.duration("transaction.linger", Duration.ofMillis(1), Duration.ofSeconds(5)),
                Optional.of(ingest.integer("threads", 0, 1024)).filter(n -> n > 0)
                        .orElseGet(() -> Runtime.getRuntime().availableProcessors()),
                ingest.bytes("memory", 1 << 20, 1L << 40),
                ingest.bytes("read-ahead", 0, 1L << 40), ingest.integer("shuffle-window", 1, 1 << 20));
    }

    /** A new budget for what is fetched ahead; empty if nothing is. */
    public Optional<ByteBudget> ahead() {
        return readAhead == 0 ? Optional.empty() : Optional.of(new ByteBudget(readAhead));
    }

    /**
     * The places that sources read. The caller closes them.
     *
     * @param whole the settings that these were made of
     * @param ahead the budget for what is fetched ahead
     * @throws retort.settings.SettingException if a value is not allowed
     */
    public static Places places(Config whole, Optional<ByteBudget> ahead) {
        return new Places(PlaceSettings.from(whole), ahead.map(ByteBudget::room).orElse(Room.NONE));
    }

    /** The defaults of reference.conf, by the keys that {@link #identity} uses. */
    public static Identity defaults() {
        return StreamIdentity.defaults(Settings.reference());
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

    /**
     * Number of records in one transaction: the configured number, but at most a quarter of the records that memory holds, and at least 1.
     */
    public int transaction() {
        return Math.clamp(recordMemory() / 4 / maxRecordBytes(), 1, transactionRecords);
    }

    /**
     * Bytes of the stream that the broker keeps; -1 keeps all.
     *
     * @param shortRecords true if a record may hold a single image, as in a stream without an end
     */
    public long retentionBytes(StreamSettings stream, boolean shortRecords) {
        if (stream.retention().isEmpty())
            return -1;
        final long images = stream.retention().getAsLong();
        final long full = product(Math.ceilDiv(images, imagesPerRecord), maxRecordBytes());
        return shortRecords ? Math.max(full, product(images, stream.recipe().imageBytes() + SHORT_RECORD)) : full;
    }

    /** The product, or Long.MAX_VALUE if it overflows. */
    private static long product(long count, long bytes) {
        return count > Long.MAX_VALUE / bytes ? Long.MAX_VALUE : count * bytes;
    }

    /**
     * The settings that decide the bytes of {@code stream}, each with the value that is in force. A derived value replaces the 0 or the
     * empty list that asks for it.
     */
    public Identity identity(StreamSettings stream) {
        return stream.identity().with("ingest.images-per-record", String.valueOf(imagesPerRecord))
                .with("ingest.mean", String.valueOf(mean)).with("ingest.std", String.valueOf(std));
    }

    /** All partitions, 0 to {@code partitions - 1}. */
    public Set<Integer> allPartitions() {
        return IntStream.range(0, partitions).boxed().collect(Collectors.toSet());
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

    private static String id(Section ingest) {
        final String id = ingest.string("id");
        if (!id.matches("[A-Za-z0-9._-]{1,200}"))
            throw ingest.error("id", id, "must be 1 to 200 letters, digits, ., _ or -");
        return id;
    }

    private static Set<Integer> owned(Section ingest, int partitions) {
        final Set<Integer> owned = new TreeSet<>(ingest.integers("partitions-owned"));
        if (!owned.isEmpty() && ingest.optionalString("group").isPresent())
            throw ingest.error("partitions-owned", owned, "must be [] with ingest.group, whose members share the partitions");
        if (owned.isEmpty())
            IntStream.range(0, partitions).forEach(owned::add);
        if (owned.stream().anyMatch(p -> p < 0 || p >= partitions))
            throw ingest.error("partitions-owned", owned, "must be among 0 to " + (partitions - 1) + " (ingest.partitions = "
                    + partitions + ")");
        return owned;
    }
}
