package retort.trainer.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.trainer.TestBucket;
import retort.trainer.images.SequenceRanges;

/** A ledger in a bucket says what one on a disk says. */
class BucketLedgerTest {
    private static final LedgerHeader BEGIN = new LedgerHeader("run", "train", 0, new Place(3, 0));
    private static final LedgerHeader THIRD = new LedgerHeader("run", "train", 3, new Place(3, 3));

    @TempDir
    Path disk;

    private TestBucket bucket;
    private Path folder;

    @BeforeEach
    void open() {
        bucket = TestBucket.start();
        folder = bucket.places().file("s3://runs/run");
    }

    @AfterEach
    void close() throws IOException {
        bucket.close();
    }

    private static void append(LedgerWriter writer, long first, long last) {
        LongStream.rangeClosed(first, last).forEach(step -> writer.append(step, new long[]{step}, new Place(3, (int) step),
                SequenceRanges.parse(List.of("1-2"))));
    }

    private Ledger read() {
        return Ledger.read(folder).orElseThrow();
    }

    @Test
    void saysWhatOneOnADiskSaysAndIsCutBack() {
        assertThat(Ledger.read(folder)).isEmpty();
        for (final LedgerHeader header : List.of(BEGIN, THIRD))
            try (LedgerWriter here = LedgerWriter.open(folder, header.equals(BEGIN) ? "000001-aa" : "000002-00", header);
                    LedgerWriter there = LedgerWriter.open(disk, header)) {
                for (final LedgerWriter writer : List.of(here, there)) {
                    append(writer, header.firstStep() + 1, header.firstStep() + 2);
                    writer.flush();
                    writer.flush();
                    append(writer, header.firstStep() + 3, header.firstStep() + 5);
                    writer.flush();
                }
                assertThat(read()).isEqualTo(Ledger.read(disk).orElseThrow());
            }
        assertThat(read().entries()).extracting(LedgerEntry::step).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(bucket.server.keys(TestBucket.NAME, "run/")).containsExactly("run/ledger/000002-00.000000.txt",
                "run/ledger/000002-00.000001.txt", "run/ledger/000002-00.000002.txt");
    }

    @Test
    void longStretchesBetweenTwoCheckpointsAreNotKeptInMemory() {
        try (LedgerWriter writer = LedgerWriter.open(folder, "000001-aa", BEGIN)) {
            append(writer, 1, 60_000);
            assertThat(read().entries()).hasSizeGreaterThan(20_000);
            writer.flush();
        }
        assertThat(read().entries()).hasSize(60_000);
        assertThat(read().damaged()).isEmpty();
    }

    @Test
    void anOlderOwnerCannotSpoilTheLedgerOfANewerOne() {
        try (LedgerWriter older = LedgerWriter.open(folder, "000001-ff", BEGIN)) {
            append(older, 1, 3);
            older.flush();
            try (LedgerWriter newer = LedgerWriter.open(folder, "000002-00", THIRD)) {
                append(older, 4, 6);
                older.flush();
                append(newer, 4, 4);
                newer.flush();
            }
        }
        assertThat(read().entries()).extracting(LedgerEntry::step).containsExactly(1L, 2L, 3L, 4L);
        assertThat(read().damaged()).isEmpty();
        LedgerWriter.open(folder, "000003-00", THIRD).close();
        assertThat(bucket.server.keys(TestBucket.NAME, "run/")).containsExactly("run/ledger/000003-00.000000.txt");
    }

    @Test
    void aRunThatNobodyHasClaimedHasNoLedger() {
        assertThatThrownBy(() -> LedgerWriter.open(folder, BEGIN)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("claimed");
    }
}
