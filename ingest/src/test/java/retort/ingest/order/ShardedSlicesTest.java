package retort.ingest.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import retort.ingest.source.Sample;
import retort.ingest.source.ShardedSource;

class ShardedSlicesTest {
    private static final long[] SIZES = {17, 0, 40, 3, 25};
    private static final Scheduler READING = Schedulers.boundedElastic();

    @Test
    void everyEpochHoldsEverySampleOnceInAnOrderOfItsOwn() {
        final List<Slice> slices = slices(85, 2, true, 0);
        final List<Long> first = ids(slices.stream().filter(slice -> slice.epoch() == 0).toList());
        final List<Long> second = ids(slices.stream().filter(slice -> slice.epoch() == 1).toList());
        assertThat(first).containsExactlyInAnyOrderElementsOf(LongStream.range(0, 85).boxed().toList());
        assertThat(second).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
    }

    @Test
    void samplesAreShuffledWithinTheirWindow() {
        final List<Long> shuffled = ids(slices(85, 1, true, 0).subList(0, 3));
        assertThat(shuffled).doesNotHaveDuplicates().isNotEqualTo(shuffled.stream().sorted().toList());
    }

    @Test
    void anySequenceIsTheSameSliceFromWhereverReadingBegins() throws Exception {
        final List<Slice> all = slices(85, 2, true, 0);
        for (int from = 0; from < all.size(); from++) {
            final List<Slice> rest = slices(85, 2, true, from);
            assertThat(ids(rest)).isEqualTo(ids(all.subList(from, all.size())));
            assertThat(rest.getFirst().sequence()).isEqualTo(from);
        }
    }

    @Test
    void waitingSamplesKeepTheirContent() throws Exception {
        for (final Slice slice : slices(85, 1, true, 3))
            for (final PendingSample pending : slice.samples())
                if (pending.id() != 30) {
                    final Sample sample = pending.read();
                    assertThat(sample.label()).isEqualTo(pending.label()).isEqualTo((int) (pending.id() % 7));
                    assertThat(((Sample.Encoded) sample.content()).bytes()).asString(StandardCharsets.UTF_8)
                            .isEqualTo("content of " + pending.id());
                }
    }

    @Test
    void aSampleThatCannotBeReadFailsAloneAndMovesNoOther() {
        final PendingSample broken = slices(85, 1, false, 0).stream().flatMap(slice -> slice.samples().stream())
                .filter(sample -> sample.id() == 30).findFirst().orElseThrow();
        assertThatThrownBy(broken::read).isInstanceOf(IOException.class).hasMessageContaining("sample 30 is damaged");
    }

    @Test
    void withoutShufflingAndWithALimitTheFirstSamplesComeInTheSourcesOrder() {
        assertThat(ids(slices(20, 1, false, 0))).isEqualTo(LongStream.range(0, 20).boxed().toList());
    }

    /** Sample 18 is the second of its shard. */
    @Test
    void beginsAtTheFirstSampleOfItsLayoutFromWhereverReadingBegins() {
        for (int from = 0; from < 6; from++) {
            final List<Slice> held = new ShardedSlices(new Numbers(), new Layout(18, 30, 5), 1, 13, Optional.empty(), READING)
                    .from(from, Optional.empty(), sequence -> true).collectList().block();
            assertThat(ids(held)).isEqualTo(LongStream.range(18 + 5 * from, 48).boxed().toList());
        }
        assertThatThrownBy(
                () -> new ShardedSlices(new Numbers(), new Layout(18, 30, 5), 1, 13, Optional.of(new Shuffle(42)), READING))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("18");
    }

    private static List<Slice> slices(long samples, long epochs, boolean shuffled, long from) {
        return new ShardedSlices(new Numbers(), new Layout(samples, 5), epochs, 13,
                shuffled ? Optional.of(new Shuffle(42)) : Optional.empty(), READING)
                .from(from, Optional.empty(), sequence -> true).collectList().block();
    }

    private static List<Long> ids(List<Slice> slices) {
        return slices.stream().flatMap(slice -> slice.samples().stream()).map(PendingSample::id).toList();
    }

    /** A source of numbers in which sample 30 is damaged. */
    private record Numbers() implements ShardedSource {
        @Override
        public int shards() {
            return SIZES.length;
        }

        @Override
        public long samples(int shard) {
            return SIZES[shard];
        }

        @Override
        public ShardReader open(int shard, long from) {
            return new ShardReader() {
                private long next = LongStream.range(0, shard).map(i -> SIZES[(int) i]).sum() + from;

                @Override
                public Sample next() throws IOException {
                    final long id = next++;
                    if (id == 30)
                        throw new IOException("sample 30 is damaged");
                    return Sample.encoded(id, "number " + id, (int) (id % 7),
                            ("content of " + id).getBytes(StandardCharsets.UTF_8));
                }

                @Override
                public void close() {
                }
            };
        }

        @Override
        public List<String> classNames() {
            return List.of();
        }
    }
}
