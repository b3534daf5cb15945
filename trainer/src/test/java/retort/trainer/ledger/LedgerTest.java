package retort.trainer.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.trainer.images.SequenceRanges;

class LedgerTest {
    private static final LedgerHeader BEGIN = new LedgerHeader("run", "train", 0, new Place(3, 0));

    @TempDir
    Path folder;

    /** The check values of CRC-32C in RFC 3720, B.4: 32 bytes of zeros, and 32 bytes of ones. */
    @Test
    void checksumsAreCrc32cOfTheIdsInTheirOrder() {
        assertThat(IdsChecksum.of(new long[4])).isEqualTo(0x8a9136aa);
        assertThat(IdsChecksum.of(new long[]{-1, -1, -1, -1})).isEqualTo(0x62a8ab43);
        final long[] ids = {5, 6, 7};
        assertThat(new IdsChecksum().add(ids, 0, 1).add(ids, 1, 3).value()).isEqualTo(IdsChecksum.of(ids))
                .isNotEqualTo(IdsChecksum.of(new long[]{5, 7, 6}));
    }

    @Test
    void everyStepIsOneLine() throws IOException {
        try (LedgerWriter writer = LedgerWriter.open(folder, BEGIN)) {
            writer.append(1, new long[4], new Place(3, 4), SequenceRanges.NONE);
            writer.append(2, new long[4], new Place(5, 0), SequenceRanges.NONE);
        }

        assertThat(LedgerFiles.read(folder).lines().map(line -> line.substring(0, line.lastIndexOf(' ')))).containsExactly(
                "retort-ledger-1 run train 0 3+0", "1 3+0 3+4 4 8a9136aa", "2 3+4 5+0 4 8a9136aa");
        assertThat(read()).isEqualTo(new Ledger(java.util.Optional.of(BEGIN), List.of(
                new LedgerEntry(1, new Place(3, 0), new Place(3, 4), 4, 0x8a9136aa),
                new LedgerEntry(2, new Place(3, 4), new Place(5, 0), 4, 0x8a9136aa)), List.of(), List.of()));
    }

    /** Both records are named whole. The run had begun the first one before it was named. */
    @Test
    void aStepNotesWhatItHasPassedOverBeforeItself() {
        try (LedgerWriter writer = LedgerWriter.open(folder, BEGIN)) {
            writer.append(1, new long[4], new Place(3, 4), SequenceRanges.NONE);
            writer.append(2, new long[4], new Place(9, 2), SequenceRanges.parse(List.of("1-3", "7", "9", "40")));
        }

        assertThat(read().skips()).containsExactly(new LedgerSkip(2, new Place(3, 4), new Place(4, 0)),
                new LedgerSkip(2, new Place(7, 0), new Place(8, 0)));
        assertThat(read().entries()).hasSize(2);
        assertThat(read().damaged()).isEmpty();
        LedgerWriter.open(folder, new LedgerHeader("run", "train", 1, new Place(3, 4))).close();
        assertThat(read().skips()).as("cut back before the second step").isEmpty();
        assertThat(read().entries()).hasSize(1);
    }

    @Test
    void aRunThatGoesOnFromACheckpointCutsTheStepsBehindItOff() {
        write(BEGIN, 1, 5);

        write(new LedgerHeader("run", "train", 3, new Place(3, 3)), 4, 6);

        assertThat(read().header()).contains(BEGIN);
        assertThat(read().entries()).extracting(LedgerEntry::step).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(read().entries().get(3).from()).isEqualTo(new Place(3, 3));
    }

    @Test
    void aRunThatBeginsAnewBeginsANewLedger() {
        write(BEGIN, 1, 5);
        write(BEGIN, 1, 2);

        assertThat(read().entries()).hasSize(2);
    }

    @Test
    void aRunWithoutALedgerOrWithASpoiltHeaderBeginsOneWhereItStands() throws IOException {
        final LedgerHeader later = new LedgerHeader("run", "train", 3, new Place(3, 3));
        write(later, 4, 4);
        assertThat(read().header()).contains(later);

        LedgerFiles.write(folder, "spoilt" + LedgerFiles.read(folder));
        write(later, 4, 5);
        assertThat(read().header()).contains(later);
        assertThat(read().entries()).hasSize(2);
    }

    @Test
    void aTornLineIsNamedAndCutOffWhenTheRunGoesOn() throws IOException {
        write(BEGIN, 1, 3);
        final String whole = LedgerFiles.read(folder);
        for (int cut = 1; cut < 12; cut++) {
            LedgerFiles.write(folder, whole.substring(0, whole.length() - cut));
            assertThat(read().damaged()).as("cut by %d", cut).containsExactly(4);
            assertThat(read().entries()).hasSize(2);
        }

        write(new LedgerHeader("run", "train", 2, new Place(3, 2)), 3, 3);
        assertThat(LedgerFiles.read(folder)).isEqualTo(whole);
    }

    @Test
    void anyWrongCharacterIsNoticed() throws IOException {
        write(BEGIN, 1, 1);
        final String whole = LedgerFiles.read(folder);
        for (int i = 0; i < whole.length() - 1; i++) {
            final char other = whole.charAt(i) == '1' ? '2' : '1';
            LedgerFiles.write(folder, whole.substring(0, i) + other + whole.substring(i + 1));
            assertThat(read().damaged()).as("character %d", i).isNotEmpty();
        }
    }

    @Test
    void anOlderTrainerThatIsNotYetAwareOfANewOneCannotSpoilItsLedger() {
        write(BEGIN, 1, 2);
        try (LedgerWriter older = LedgerWriter.open(folder, new LedgerHeader("run", "train", 2, new Place(3, 2)))) {
            older.append(3, new long[1], new Place(3, 3), SequenceRanges.NONE);
            try (LedgerWriter newer = LedgerWriter.open(folder, new LedgerHeader("run", "train", 2, new Place(3, 2)))) {
                older.append(4, new long[1], new Place(3, 4), SequenceRanges.NONE);
                newer.append(3, new long[1], new Place(3, 3), SequenceRanges.NONE);
                older.append(5, new long[1], new Place(3, 5), SequenceRanges.NONE);
            }
        }
        assertThat(read().damaged()).isEmpty();
        assertThat(read().entries()).extracting(LedgerEntry::step).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        final Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> LedgerWriter.open(file, BEGIN)).isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith("ledger " + file).hasMessageContaining("trainer.checkpoints");
    }

    private Ledger read() {
        return Ledger.read(folder).orElseThrow();
    }

    /** Writes steps of one image each. */
    private void write(LedgerHeader header, long first, long last) {
        try (LedgerWriter writer = LedgerWriter.open(folder, header)) {
            LongStream.rangeClosed(first, last)
                    .forEach(step -> writer.append(step, new long[]{step}, new Place(3, (int) step), SequenceRanges.NONE));
            writer.flush();
        }
    }
}
