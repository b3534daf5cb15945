package retort.ingest.pack;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import retort.ingest.budget.ByteBudget;
import retort.ingest.order.Layout;
import retort.ingest.settings.IngestSettings;
import retort.ingest.settings.StreamSettings;
import retort.record.Rejected;
import retort.settings.Settings;

class EpochTallyTest {
    private static final StreamSettings STREAM = IngestSettings
            .from(Settings.over(ConfigFactory.parseString("ingest.source = \"folder:/data\", ingest.streams = [train]")))
            .streams().getFirst();
    /** Records of 10, 10 and 5 samples. */
    private static final Layout LAYOUT = new Layout(25, 10);

    @Test
    void anEpochWithoutAnImageIsAFaultEvenWhereAnyShareMayBeRejected() throws Exception {
        final EpochTally tally = tally(sequence -> true, 1);
        assertThat(tally.fault(record(0, 10, 10))).isEmpty();
        assertThat(tally.fault(record(1, 10, 10))).isEmpty();
        assertThat(tally.fault(record(2, 5, 5))).get().asString()
                .contains("stream train, epoch 0 of folder:/data", "every one of the 25 samples was rejected",
                        "sample 0: no image")
                .doesNotContain("raise ingest.max-rejected");
    }

    @Test
    void aLargerShareThanAllowedIsToldAsSoonAsItIsCertain() throws Exception {
        final EpochTally tally = tally(sequence -> true, 0.5);
        assertThat(tally.fault(record(0, 10, 10))).isEmpty();
        assertThat(tally.fault(record(1, 10, 3))).get().asString()
                .contains("13 of the 20 samples up to here were rejected", "ingest.max-rejected = 0.5 of 25");
    }

    @Test
    void exactlyTheShareIsAllowedAndEveryEpochCountsForItself() throws Exception {
        final EpochTally tally = tally(sequence -> true, 0.4);
        for (long epoch = 0; epoch < 3; epoch++) {
            assertThat(tally.fault(record(3 * epoch, 10, 0))).isEmpty();
            assertThat(tally.fault(record(3 * epoch + 1, 10, 10))).isEmpty();
            assertThat(tally.fault(record(3 * epoch + 2, 5, 0))).isEmpty();
        }
        assertThat(tally.fault(record(9, 10, 10))).isEmpty();
        assertThat(tally.fault(record(10, 10, 1))).isPresent();
    }

    @Test
    void anOwnerOfSomePartitionsJudgesItsOwnSamples() throws Exception {
        final EpochTally tally = tally(sequence -> sequence % 3 == 2, 0.9);
        assertThat(tally.fault(record(2, 5, 5))).isPresent();
        final EpochTally other = tally(sequence -> sequence % 3 == 1, 0.5);
        assertThat(other.fault(record(1, 10, 6))).isPresent();
    }

    @Test
    void aRestartGoesOnCountingWhereTheFormerProcessStood() throws Exception {
        assertThat(resumed(0.5, 2, Map.of(0, 8L, 1, 4L)).fault(record(2, 5, 0))).isEmpty();
        assertThat(resumed(0.5, 2, Map.of(0, 8L, 1, 4L)).fault(record(2, 5, 1))).isPresent();
        assertThat(resumed(1, 2, Map.of(0, 10L, 1, 10L)).fault(record(2, 5, 5))).isPresent();
        assertThat(resumed(0.5, 3, Map.of()).fault(record(3, 10, 10))).isEmpty();
    }

    /** The former owner of partition 1 was ahead of the owner of partition 0, which is the first to go on now. */
    @Test
    void partitionsOfTwoOwnersAreCountedOnceByTheirNextOwner() throws Exception {
        final EpochTally tally = tally(sequence -> sequence != 1, 0.5).resumedAt(0, sequence -> sequence == 1, Map.of(1, 9L));
        assertThat(tally.fault(record(0, 10, 3))).isEmpty();
        assertThat(tally.rejected(0)).isEqualTo(3);
        assertThat(tally.rejected(1)).isEqualTo(9);
        assertThat(tally.fault(record(2, 5, 1))).get().asString().contains("13 of the 25 samples up to here were rejected");
    }

    private static EpochTally resumed(double most, long sequence, Map<Integer, Long> before) {
        return tally(any -> true, most).resumedAt(sequence, s -> s < sequence, before);
    }

    private static EpochTally tally(LongPredicate owned, double most) {
        return new EpochTally(STREAM, LAYOUT, owned, 3, most);
    }

    private static PackedRecord record(long sequence, int samples, int rejected) throws InterruptedException {
        final Rejected one = Rejected.newBuilder().setSource("ingest/folder:/data").setStream("train")
                .setWhat("sample " + sequence)
                .setWhere("").setReason("no image").setSequence(sequence).setSampleId(0L).setAt(Instant.EPOCH).build();
        return new PackedRecord(sequence, LAYOUT.epoch(sequence), samples - rejected, new byte[0],
                Collections.nCopies(rejected, one), Optional.empty(), 0, new ByteBudget(1).take(0));
    }
}
