package retort.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import retort.kafka.Broker;
import retort.place.Places;

/** Opens sources as the pipeline does and reads all their samples. */
public final class Sources {
    private static final SourceContext CONTEXT = new SourceContext(Broker.at("localhost:1", "retort."), Map.of(),
            Places.standard());

    /** The parts of a sample that a test compares. The content is a string of its bytes. */
    public record Seen(long id, String name, int label, String content) {
        public static Seen of(Sample sample) {
            return new Seen(sample.id(), sample.name(), sample.label(), switch (sample.content()) {
                case Sample.Encoded encoded -> bytes(encoded.bytes());
                case Sample.Pixels pixels -> bytes(Arrays.copyOfRange(pixels.bytes(), pixels.offset(),
                        pixels.offset() + pixels.height() * pixels.width() * pixels.channels()));
                case Sample.Unreadable unreadable -> unreadable.toString();
            });
        }

        public static Seen encoded(long id, String name, int label, byte[] content) {
            return new Seen(id, name, label, bytes(content));
        }

        private static String bytes(byte[] bytes) {
            return bytes.length + " bytes, " + Arrays.hashCode(bytes);
        }
    }

    private Sources() {
    }

    /** @param uri a source in the form of {@code ingest.source} */
    public static DataSource open(String uri) throws IOException, SourceException {
        return open(uri, CONTEXT);
    }

    /** A context that reads s3:// and https:// as {@code places} does. */
    public static SourceContext reading(Places places) {
        return new SourceContext(CONTEXT.broker(), Map.of(), places);
    }

    public static DataSource open(String uri, SourceContext context) throws IOException, SourceException {
        final int colon = uri.indexOf(':');
        return ServiceLoader.load(DataSourceFactory.class).stream().map(ServiceLoader.Provider::get)
                .filter(factory -> factory.scheme().equals(uri.substring(0, colon))).findFirst().orElseThrow()
                .open(uri.substring(colon + 1), context);
    }

    /** Every sample in canonical order. A sample that cannot be read is represented by the message of its error. */
    public static List<Seen> walk(DataSource source) throws IOException {
        final List<Seen> seen = new ArrayList<>();
        switch (source) {
            case IndexedSource indexed -> {
                for (long index = 0; index < indexed.size(); index++)
                    seen.add(read(indexed, index));
            }
            case ShardedSource sharded -> {
                for (int shard = 0; shard < sharded.shards(); shard++)
                    seen.addAll(forward(sharded, shard, 0, seen.size()));
            }
            default -> throw new IllegalArgumentException(source + " has no end");
        }
        return seen;
    }

    /** Resumes at random samples and expects the samples of {@code all} from there on, in order. */
    public static void resumesAnywhere(DataSource source, List<Seen> all, long seed) throws IOException {
        resumesAnywhere(source, all, seed, 20);
    }

    /** The same from {@code places} random places. */
    static void resumesAnywhere(DataSource source, List<Seen> all, long seed, int places) throws IOException {
        final Random random = new Random(seed);
        for (int round = 0; round < places; round++) {
            if (source instanceof IndexedSource indexed) {
                final int from = random.nextInt(all.size());
                for (int index = from; index < all.size(); index++)
                    assertThat(read(indexed, index)).isEqualTo(all.get(index));
            } else if (source instanceof ShardedSource sharded) {
                final int shard = random.nextInt(sharded.shards());
                int first = 0;
                for (int before = 0; before < shard; before++)
                    first += (int) sharded.samples(before);
                final int from = random.nextInt((int) sharded.samples(shard) + 1);
                assertThat(forward(sharded, shard, from, first + from))
                        .isEqualTo(all.subList(first + from, first + (int) sharded.samples(shard)));
            }
        }
    }

    private static Seen read(IndexedSource source, long index) {
        try {
            final Sample sample = source.read(index);
            assertThat(sample.label()).isEqualTo(source.label(index));
            return Seen.of(sample);
        } catch (IOException e) {
            return new Seen(index, "", source.label(index), String.valueOf(e.getMessage()));
        }
    }

    private static List<Seen> forward(ShardedSource source, int shard, long from, long id) throws IOException {
        final List<Seen> seen = new ArrayList<>();
        try (ShardedSource.ShardReader reader = source.open(shard, from)) {
            for (long i = from; i < source.samples(shard); i++, id++) {
                try {
                    seen.add(Seen.of(reader.next()));
                } catch (IOException e) {
                    seen.add(new Seen(id, "", -1, String.valueOf(e.getMessage())));
                }
            }
        }
        return seen;
    }
}
