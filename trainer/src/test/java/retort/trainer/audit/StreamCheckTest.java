package retort.trainer.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import retort.codec.ImageBatchView;
import retort.kafka.BatchRecord;
import retort.record.Stream;
import retort.trainer.images.ImagePosition;
import retort.trainer.images.Rebatch;
import retort.trainer.images.SequenceRanges;
import retort.trainer.ledger.IdsChecksum;
import retort.trainer.ledger.LedgerEntry;
import retort.trainer.ledger.LedgerSkip;
import retort.trainer.ledger.Place;

/** Checks streams of 1x1 images, which the trainer's own Rebatch cuts into steps. */
class StreamCheckTest {
    private static final int SAMPLES = 23;
    private static final int PER_RECORD = 5;
    private static final int RECORDS_PER_EPOCH = 5;

    private final Stream stream = new Stream("train", "memory:", "none", 0L, 1, 1, 1, List.of(0.5), List.of(0.5), List.of(),
            (long) SAMPLES, PER_RECORD, 1, "hash", null, Instant.EPOCH, Map.of());

    @Test
    void whatTheTrainerCutsIsCleanWhateverTheBatchAndWhateverWasRejected() {
        final Random random = new Random(1);
        for (int trial = 0; trial < 200; trial++) {
            final List<ImageBatchView> records = stream(1 + random.nextInt(30), trial % 2 == 0 ? 0 : random.nextInt(4), random);
            final int batch = 1 + random.nextInt(12);
            final List<LedgerEntry> entries = cut(records, batch);
            final StreamCheck check = new StreamCheck(stream, entries, List.of());

            final List<Finding> findings = run(check, records, entries);

            assertThat(findings).as("trial %d", trial).allMatch(finding -> finding.kind() == Finding.Kind.REJECTED);
            assertThat(check.compared()).isEqualTo(entries.size());
            final Place end = entries.isEmpty() ? new Place(0, 0) : entries.getLast().to();
            assertThat(check.epochs()).as("trial %d, to %s", trial, end).isEqualTo(end.sequence() / RECORDS_PER_EPOCH);
        }
    }

    /** Cuts as the trainer does, with random records left out, and notes them as the ledger does. */
    @Test
    void whatWasSkippedIsAccountedForAndNothingElseIs() {
        final Random random = new Random(2);
        for (int trial = 0; trial < 200; trial++) {
            final List<ImageBatchView> records = stream(5 + random.nextInt(25), trial % 3 == 0 ? 3 : 0, random);
            final long first = random.nextInt(records.size());
            final SequenceRanges skip = SequenceRanges.parse(
                    List.of(first + "-" + (first + random.nextInt(4)), Integer.toString(random.nextInt(records.size()))));
            final List<LedgerEntry> entries = cut(records, 1 + random.nextInt(12), skip);
            final List<LedgerSkip> noted = noted(entries, skip);

            final StreamCheck check = new StreamCheck(stream, entries, noted);
            assertThat(run(check, records, entries)).as("trial %d", trial)
                    .allMatch(finding -> finding.kind() == Finding.Kind.REJECTED);
            assertThat(check.compared()).isEqualTo(entries.size());
            final boolean anyImage = noted.stream().anyMatch(each -> records.stream().anyMatch(record -> record.count() > 0
                    && record.sequence() >= each.from().sequence() && record.sequence() < each.to().sequence()));
            if (anyImage)
                assertThat(run(new StreamCheck(stream, entries, List.of()), records, entries)).as("trial %d, not noted", trial)
                        .anyMatch(finding -> finding.kind() == Finding.Kind.FAULT);
        }
    }

    private static List<LedgerSkip> noted(List<LedgerEntry> entries, SequenceRanges skip) {
        final List<LedgerSkip> noted = new ArrayList<>();
        for (final LedgerEntry entry : entries)
            for (final SequenceRanges.Range range : skip.between(entry.from().sequence(), entry.to().sequence()).ranges())
                noted.add(new LedgerSkip(entry.step(), new Place(range.first(), 0), new Place(range.last() + 1, 0)));
        return noted;
    }

    @Test
    void rejectedSamplesAreCounted() {
        final List<ImageBatchView> records = new ArrayList<>(stream(7, 0, new Random(1)));
        records.set(2, record(2, 0, new long[]{10, 13}));
        records.set(4, record(4, 0, new long[0]));

        assertThat(run(records, cut(records, 4))).containsExactly(
                new Finding(Finding.Kind.REJECTED, "6 samples of epoch 0 were rejected by ingest"));
    }

    @Test
    void aSampleThatTheStreamHoldsTwiceIsNamed() {
        final List<ImageBatchView> records = new ArrayList<>(stream(5, 0, new Random(1)));
        records.set(3, record(3, 0, new long[]{15, 16, 2, 18, 19}));

        assertThat(run(records, cut(records, 23))).extracting(Finding::text).containsExactly(
                "sample 2 was trained again in epoch 0, in record 3",
                "of the 23 samples of epoch 0, 22 were trained and 0 rejected: 1 are not accounted for");
    }

    @Test
    void aSampleThatIsNoneOfTheStreamsIsNamed() {
        final List<ImageBatchView> records = new ArrayList<>(stream(3, 0, new Random(1)));
        records.set(1, record(1, 0, new long[]{5, 23, 7, 8, 9}));

        assertThat(run(records, cut(records, 5))).extracting(Finding::text)
                .containsExactly("sample 23 in record 1 is none of the 23 samples of the stream");
    }

    @Test
    void aRecordThatIsShorterThanTheLedgerSaysIsNamed() {
        final List<ImageBatchView> records = new ArrayList<>(stream(3, 0, new Random(1)));
        final List<LedgerEntry> entries = cut(records, 4);
        records.set(1, record(1, 0, new long[]{5, 6}));

        assertThat(run(records, entries)).extracting(Finding::text).contains("step 2 used 3 images of record 1, which holds 2");
    }

    private List<Finding> run(List<ImageBatchView> records, List<LedgerEntry> entries) {
        return run(new StreamCheck(stream, entries, List.of()), records, entries);
    }

    private static List<Finding> run(StreamCheck check, List<ImageBatchView> records, List<LedgerEntry> entries) {
        final Place end = entries.isEmpty() ? new Place(0, 0) : entries.getLast().to();
        records.stream().filter(record -> new Place(record.sequence(), 0).isBefore(end)).forEach(check::record);
        return check.end(end);
    }

    /** Records of epochs in order. Each record lacks a random number of samples, at most {@code rejected}. */
    private static List<ImageBatchView> stream(int records, int rejected, Random random) {
        final List<ImageBatchView> all = new ArrayList<>();
        for (int sequence = 0; sequence < records; sequence++) {
            final long first = (long) sequence % RECORDS_PER_EPOCH * PER_RECORD;
            final long[] ids = LongStream.range(first, Math.min(SAMPLES, first + PER_RECORD)).toArray();
            all.add(record(sequence, sequence / RECORDS_PER_EPOCH,
                    LongStream.of(ids).skip(random.nextInt(Math.min(rejected, ids.length) + 1)).toArray()));
        }
        return all;
    }

    private static ImageBatchView record(long sequence, long epoch, long[] ids) {
        return new ImageBatchView("train", epoch, sequence, ids.length, 1, 1, 1, new int[ids.length], ids,
                ByteBuffer.allocate(ids.length));
    }

    private List<LedgerEntry> cut(List<ImageBatchView> records, int batch) {
        return cut(records, batch, SequenceRanges.NONE);
    }

    private List<LedgerEntry> cut(List<ImageBatchView> records, int batch, SequenceRanges skip) {
        final List<LedgerEntry> entries = new ArrayList<>();
        Rebatch.full(Flux.fromIterable(records).map(record -> new BatchRecord(record, 0, record.sequence(), record.count())),
                stream,
                batch, ImagePosition.at(0), skip, () -> ByteBuffer.allocate(batch))
                .doOnNext(block -> entries.add(new LedgerEntry(entries.size() + 1L,
                        entries.isEmpty() ? new Place(0, 0) : entries.getLast().to(), Place.of(block.end()), batch,
                        IdsChecksum.of(block.sampleIds()))))
                .blockLast();
        return entries;
    }
}
