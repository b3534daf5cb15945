package retort.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.trainer.SmallDisk;
import retort.trainer.images.SequenceRanges;
import retort.trainer.ledger.LedgerHeader;
import retort.trainer.ledger.LedgerWriter;
import retort.trainer.ledger.Place;

/**
 * A full disk leaves no part of a file, and the message says where to make room.
 */
class FullDiskTest {
    @TempDir
    Path directory;

    @Test
    void aCheckpointThatFindsNoRoomLeavesTheEarlierOneAndNothingAside() throws Exception {
        final CheckpointStore store = new CheckpointStore(directory);
        store.save(Saved.state(1), Saved.weights(1), Saved.optimizer(1));
        final Path run = directory.resolve(Saved.RUN);

        final String said = SmallDisk.run(Saver.class, directory.toString());

        assertThat(said)
                .startsWith("checkpoint " + run.resolve("step-000000002") + " cannot be written: File too large: make room"
                        + " there, or set trainer.checkpoints to a folder that can be written")
                .doesNotContain("aside");
        assertThat(names(run)).containsExactly("step-000000001");
        assertThat(store.latest(Saved.RUN)).hasValueSatisfying(
                latest -> assertThat(latest.state()).isEqualTo(Saved.state(1)));
    }

    @Test
    void aLedgerThatFindsNoRoomKeepsItsWholeLines() throws Exception {
        final String said = SmallDisk.run(Keeper.class, directory.toString());

        assertThat(said).startsWith("ledger " + directory.resolve("ledger.txt") + " cannot be written: ")
                .contains("File too large: make room");
        final long whole;
        try (LedgerWriter again = LedgerWriter.open(directory, new LedgerHeader("run", "train", 1_000_000, new Place(0, 0)))) {
            whole = Files.readAllLines(directory.resolve("ledger.txt")).size();
            again.append(whole, new long[]{1}, new Place(whole, 0), SequenceRanges.NONE);
        }
        assertThat(whole).isGreaterThan(100);
        assertThat(Files.readAllLines(directory.resolve("ledger.txt"))).hasSize(Math.toIntExact(whole + 1));
        assertThat(names(directory)).containsExactly(directory.resolve("ledger.txt").getFileName().toString());
    }

    static final class Saver {
        public static void main(String[] folder) {
            try {
                new CheckpointStore(Path.of(folder[0])).save(Saved.state(2), Saved.weights(2), Saved.optimizer(2));
            } catch (UncheckedIOException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    static final class Keeper {
        public static void main(String[] folder) {
            try (LedgerWriter writer = LedgerWriter.open(Path.of(folder[0]),
                    new LedgerHeader("run", "train", 0, new Place(0, 0)))) {
                for (int step = 1; step < 100_000; step++)
                    writer.append(step, new long[]{step}, new Place(step, 0), SequenceRanges.NONE);
            } catch (UncheckedIOException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
