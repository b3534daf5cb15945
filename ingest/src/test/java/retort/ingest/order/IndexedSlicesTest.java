package retort.ingest.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sample;

class IndexedSlicesTest {
    private static final Layout LAYOUT = new Layout(23, 5);

    @Test
    void everyEpochHoldsEverySampleOnceInAnOrderOfItsOwn() {
        final List<Slice> slices = slices(2, true, 0, 10);
        final List<Long> first = ids(slices.subList(0, 5));
        final List<Long> second = ids(slices.subList(5, 10));
        assertThat(first).containsExactlyInAnyOrderElementsOf(LongStream.range(0, 23).boxed().toList());
        assertThat(second).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
    }

    @Test
    void aRecordNeverSpansTwoEpochs() {
        assertThat(slices(2, true, 0, 10)).extracting(slice -> slice.samples().size())
                .containsExactly(5, 5, 5, 5, 3, 5, 5, 5, 5, 3);
        assertThat(slices(2, true, 0, 10)).extracting(Slice::epoch).containsExactly(0L, 0L, 0L, 0L, 0L, 1L, 1L, 1L, 1L, 1L);
    }

    @Test
    void anySequenceIsTheSameSliceFromWhereverReadingBegins() {
        final List<Slice> all = slices(0, true, 0, 40);
        for (int from = 0; from < 40; from++)
            assertThat(ids(slices(0, true, from, 1))).isEqualTo(ids(all.subList(from, from + 1)));
    }

    @Test
    void withoutShufflingTheSourcesOrderStays() {
        assertThat(ids(slices(1, false, 0, 5))).isEqualTo(LongStream.range(0, 23).boxed().toList());
    }

    @Test
    void beginsAtTheFirstSampleOfItsLayoutAndKeepsTheSourcesNumbers() {
        final List<Slice> held = new IndexedSlices(new Numbers(), new Layout(900, 23, 5), 1, Optional.empty())
                .from(0, Optional.empty(), sequence -> true).collectList().block();
        assertThat(ids(held)).isEqualTo(LongStream.range(900, 923).boxed().toList());
        assertThat(held).extracting(Slice::sequence).containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void endsAfterItsLastSequence() {
        StepVerifier.create(of(2, true).from(8, Optional.empty(), sequence -> true)).expectNextCount(2).verifyComplete();
        StepVerifier.create(of(2, true).from(10, Optional.empty(), sequence -> true)).verifyComplete();
        assertThat(of(2, true).lastSequence()).hasValue(9);
        assertThat(of(0, true).lastSequence()).isEmpty();
    }

    @Test
    void handsOutWhatIsWantedOnly() {
        StepVerifier.create(of(1, true).from(0, Optional.empty(), sequence -> sequence % 2 == 1).map(Slice::sequence))
                .expectNext(1L, 3L).verifyComplete();
    }

    private static List<Slice> slices(long epochs, boolean shuffled, long from, int count) {
        return of(epochs, shuffled).from(from, Optional.empty(), sequence -> true).take(count).collectList().block();
    }

    private static IndexedSlices of(long epochs, boolean shuffled) {
        return new IndexedSlices(new Numbers(), LAYOUT, epochs,
                shuffled ? Optional.of(new Shuffle(42)) : Optional.empty());
    }

    private static List<Long> ids(List<Slice> slices) {
        return slices.stream().flatMap(slice -> slice.samples().stream()).map(PendingSample::id).toList();
    }

    private record Numbers() implements IndexedSource {
        @Override
        public long size() {
            return 1000;
        }

        @Override
        public int label(long index) {
            return 0;
        }

        @Override
        public Sample read(long index) {
            return Sample.encoded(index, "number", 0, new byte[0]);
        }

        @Override
        public List<String> classNames() {
            return List.of();
        }
    }
}
