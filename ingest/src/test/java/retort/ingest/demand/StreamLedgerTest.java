package retort.ingest.demand;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import retort.ingest.demand.StreamLedger.Limits;
import retort.record.PublishedMark;

class StreamLedgerTest {
    private static final Limits FIFTY = new Limits(50, 1_000_000, 10);

    private final StreamLedger ledger = new StreamLedger(FIFTY, 0, List.of());

    @Test
    void fullRecordsAreAdmittedUpToTheLimitOfImages() {
        for (int sequence = 0; sequence < 5; sequence++)
            assertThat(ledger.admit(0, sequence, 10)).isTrue();
        assertThat(ledger.admit(0, 5, 10)).as("while none is published").isFalse();
        for (int sequence = 0; sequence < 5; sequence++)
            ledger.published(sequence, 10, 100);
        assertThat(ledger.admit(0, 5, 10)).isFalse();
        assertThat(ledger.admit(1, 5, 10)).isTrue();
        assertThat(ledger.images(1)).isEqualTo(40);
        assertThat(ledger.bytes(1)).isEqualTo(400);
    }

    @Test
    void shortRecordsCountTheImagesThatTheyHold() {
        for (int sequence = 0; sequence < 50; sequence++) {
            assertThat(ledger.admit(0, sequence, 1)).as("sequence %d", sequence).isTrue();
            ledger.published(sequence, 1, 100);
        }
        assertThat(ledger.admit(0, 50, 1)).isFalse();
        assertThat(ledger.admit(7, 50, 7)).isTrue();
        assertThat(ledger.images(7)).isEqualTo(43);
    }

    @Test
    void rejectedSamplesGiveTheirRoomBack() {
        for (int sequence = 0; sequence < 5; sequence++)
            assertThat(ledger.admit(0, sequence, 10)).isTrue();
        for (int sequence = 0; sequence < 5; sequence++)
            ledger.published(sequence, 6, 100);
        assertThat(ledger.images(0)).isEqualTo(30);
        assertThat(ledger.admit(0, 5, 10)).isTrue();
        assertThat(ledger.admit(0, 6, 10)).isTrue();
        assertThat(ledger.admit(0, 7, 10)).isFalse();
    }

    @Test
    void recordsWithoutAnImageAreBoundedByTheirBytes() {
        long sequence = 0;
        while (ledger.admit(0, sequence, 1)) {
            ledger.published(sequence, sequence == 0 ? 1 : 0, 300);
            sequence++;
        }
        assertThat(sequence).isEqualTo(1_000_000 / 300 + 1);
    }

    @Test
    void oneRecordIsAdmittedHoweverSmallTheLimit() {
        final StreamLedger small = new StreamLedger(new Limits(3, 1, 10), 0, List.of());
        assertThat(small.admit(0, 0, 10)).isTrue();
        small.published(0, 10, 100);
        assertThat(small.admit(0, 1, 10)).isFalse();
        assertThat(small.admit(1, 1, 10)).isTrue();
    }

    @Test
    void aRunAheadOfTheStreamIsServedUpToItsLimit() {
        long sequence = 0;
        while (ledger.admit(40, sequence, 10))
            ledger.published(sequence++, 10, 100);
        assertThat(sequence).isEqualTo(45);
    }

    @Test
    void aRestartedProcessCountsTheShortRecordsOfTheFormerOne() {
        for (int sequence = 0; sequence < 40; sequence++) {
            ledger.admit(0, sequence, 1);
            ledger.published(sequence, 1, 100);
        }
        final StreamLedger restarted = new StreamLedger(FIFTY, 40, ledger.marks());
        for (int floor = 0; floor <= 40; floor++)
            assertThat(restarted.images(floor)).isEqualTo(40 - floor);
        assertThat(restarted.admit(0, 40, 10)).isTrue();
        assertThat(restarted.admit(0, 41, 1)).isFalse();
    }

    @Test
    void withoutMarksOfAFormerProcessItsRecordsCountAsFull() {
        final StreamLedger restarted = new StreamLedger(FIFTY, 4, List.of());
        assertThat(restarted.images(0)).isEqualTo(40);
        assertThat(restarted.admit(0, 4, 10)).isTrue();
        assertThat(restarted.admit(0, 5, 10)).isFalse();
    }

    @Test
    void recordsOfOtherOwnersCountAsFull() {
        final StreamLedger odd = new StreamLedger(FIFTY, 1, List.of());
        assertThat(odd.admit(0, 1, 10)).isTrue();
        assertThat(odd.admit(0, 3, 10)).isTrue();
        odd.published(1, 10, 100);
        odd.published(3, 10, 100);
        assertThat(odd.images(0)).isEqualTo(40);
        assertThat(odd.admit(0, 5, 10)).isFalse();
        assertThat(odd.admit(2, 5, 10)).isTrue();
    }

    @Test
    void aFormerOwnerOfMorePartitionsThatStoodFurtherOnIsNotBelieved() {
        final StreamLedger restarted = new StreamLedger(FIFTY, 2,
                List.of(new PublishedMark(2L, 20L, 0L), new PublishedMark(9L, 90L, 0L)));
        assertThat(restarted.images(0)).isEqualTo(20);
        assertThat(restarted.admit(0, 2, 10)).isTrue();
    }

    @Test
    void aShortRecordInFlightBeforeTheFloorTakesNoRoom() {
        assertThat(ledger.admit(2, 0, 10)).isTrue();
        assertThat(ledger.admit(2, 1, 3)).isTrue();
        for (int sequence = 2; sequence < 7; sequence++)
            assertThat(ledger.admit(2, sequence, 10)).isTrue();
        assertThat(ledger.admit(2, 7, 10)).isFalse();
    }

    @Test
    void persistedMarksAreFewAndNeverCountTooFewImages() {
        final StreamLedger many = new StreamLedger(Limits.none(10), 0, List.of());
        for (int sequence = 0; sequence < 20_000; sequence++) {
            many.admit(0, sequence, 1);
            many.published(sequence, 1, 100);
        }
        assertThat(many.marks()).hasSizeLessThanOrEqualTo(64).last().isEqualTo(new PublishedMark(20_000L, 20_000L, 2_000_000L));
        final StreamLedger restarted = new StreamLedger(Limits.none(10), 20_000, many.marks());
        for (long floor = 1000; floor <= 20_000; floor += 7)
            assertThat(restarted.images(floor)).isBetween(20_000 - floor, 20_000 - floor + 20_000 / 63 + 1);
    }
}
