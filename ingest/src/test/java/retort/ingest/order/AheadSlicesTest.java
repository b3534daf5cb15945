package retort.ingest.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import retort.ingest.budget.ByteBudget;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sample;
import retort.place.PlaceException;

class AheadSlicesTest {
    private static final int BYTES = 100;

    /** Thirty samples behind a network. Sample 7 is missing, and access ends at sample 20. */
    private static final class Remote implements IndexedSource {
        private final CountDownLatch together;
        private final AtomicInteger reads = new AtomicInteger();
        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        /** @param together reads that wait for one another */
        Remote(int together) {
            this.together = new CountDownLatch(together);
        }

        @Override
        public long size() {
            return 30;
        }

        @Override
        public List<String> classNames() {
            return List.of();
        }

        @Override
        public int label(long index) {
            return -1;
        }

        @Override
        public long fetched(long index) {
            return BYTES;
        }

        @Override
        public Sample read(long index) throws IOException {
            reads.incrementAndGet();
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
                together.countDown();
                assertThat(together.await(20, TimeUnit.SECONDS)).as("others read at the same time").isTrue();
            } catch (InterruptedException e) {
                throw new IOException(e);
            } finally {
                now.decrementAndGet();
            }
            if (index == 7)
                throw new IOException("sample 7 is missing");
            if (index == 20)
                throw new PlaceException("access has ended", null);
            return Sample.encoded(index, "s" + index, -1, new byte[]{(byte) index});
        }
    }

    private static List<Slice> slices(Remote source, ByteBudget budget) {
        return new AheadSlices(new IndexedSlices(source, new Layout(30, 3), 1, Optional.empty()), source, budget)
                .from(0, Optional.empty(), sequence -> true).collectList().block();
    }

    @Test
    void samplesAreReadBeforeTheirTurnAndArriveAtIt() throws IOException {
        final Remote source = new Remote(8);
        final ByteBudget budget = new ByteBudget(8 * BYTES);
        final List<Slice> slices = slices(source, budget);
        for (final Slice slice : slices)
            for (final PendingSample sample : slice.samples())
                if (sample.id() == 7)
                    assertThatThrownBy(sample::read).isInstanceOf(IOException.class).hasMessage("sample 7 is missing");
                else if (sample.id() == 20)
                    assertThatThrownBy(sample::read).isInstanceOf(PlaceException.class);
                else
                    assertThat(sample.read().id()).isEqualTo(sample.id());
        assertThat(source.reads).hasValue(30);
        assertThat(source.most.get()).isBetween(8, 9); // the room, and the one that asks
        Awaitility.await().untilAsserted(() -> assertThat(budget.free()).isEqualTo(8 * BYTES));
    }

    /** Another stream holds the whole room. */
    @Test
    void aSampleWithoutRoomIsReadAtItsTurn() throws Exception {
        final Remote source = new Remote(1);
        final ByteBudget budget = new ByteBudget(BYTES);
        try (ByteBudget.Permit _ = budget.take(BYTES)) {
            final List<Slice> slices = slices(source, budget);
            assertThat(source.reads).hasValue(0);
            assertThat(slices.get(4).samples().get(1).read().id()).isEqualTo(13);
            assertThat(source.reads).hasValue(1);
        }
    }

    @Test
    void aCancelledStreamGivesItsRoomBack() {
        final Remote source = new Remote(1);
        final ByteBudget budget = new ByteBudget(5 * BYTES);
        final BaseSubscriber<Slice> reader = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                request(1);
            }
        };
        new AheadSlices(new IndexedSlices(source, new Layout(30, 3), 0, Optional.empty()), source, budget)
                .from(0, Optional.empty(), sequence -> true).subscribe(reader);
        Awaitility.await().untilAsserted(() -> assertThat(source.reads).hasValueGreaterThanOrEqualTo(5));
        reader.cancel();
        Awaitility.await().untilAsserted(() -> assertThat(budget.free()).isEqualTo(5 * BYTES));
    }
}
