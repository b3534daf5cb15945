package retort.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.digest.Sha256;
import retort.trainer.weights.HostTensor;

class CheckpointStoreTest {
    @TempDir
    Path directory;

    private CheckpointStore store;

    @BeforeEach
    void open() {
        store = new CheckpointStore(directory.resolve("checkpoints"));
    }

    @Test
    void givesBackEverythingThatWasSaved() throws IOException {
        final Checkpoint saved = save(40);

        final Checkpoint read = store.latest(Saved.RUN).orElseThrow();
        assertThat(read).isEqualTo(saved);
        assertThat(read.state()).isEqualTo(Saved.state(40));
        assertSame(read.weights(), Saved.weights(40));
        assertSame(read.optimizer(), Saved.optimizer(40));
        assertThat(read.weightsDigest()).isEqualTo(Sha256.of(Path.of(URI.create(read.address()))));
        assertThat(read.address()).startsWith("file:///").endsWith("/student-1/step-000000040/weights.safetensors");
    }

    @Test
    void hasNothingForARunItNeverSaw() {
        assertThat(store.latest("nobody")).isEmpty();
        assertThat(store.list("nobody")).isEmpty();
    }

    @Test
    void listsByStepAndFindsTheNewest() {
        save(1000);
        save(0);
        save(200);

        assertThat(store.list(Saved.RUN)).extracting(checkpoint -> checkpoint.state().step()).containsExactly(0L, 200L, 1000L);
        assertThat(store.latest(Saved.RUN)).get().extracting(checkpoint -> checkpoint.state().step()).isEqualTo(1000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {Checkpoint.WEIGHTS, Checkpoint.OPTIMIZER, Checkpoint.STATE})
    void passesOverACheckpointWithOneWrongByte(String file) throws IOException {
        save(10);
        final Path broken = save(20).directory().resolve(file);
        try (RandomAccessFile bytes = new RandomAccessFile(broken.toFile(), "rw")) {
            bytes.seek(bytes.length() / 2);
            final int before = bytes.read();
            bytes.seek(bytes.length() / 2);
            bytes.write(before ^ 1);
        }

        assertThat(store.latest(Saved.RUN)).get().extracting(checkpoint -> checkpoint.state().step()).isEqualTo(10L);
    }

    @ParameterizedTest
    @ValueSource(strings = {Checkpoint.WEIGHTS, Checkpoint.OPTIMIZER, Checkpoint.STATE})
    void passesOverACheckpointThatLacksAFile(String file) throws IOException {
        save(10);
        Files.delete(save(20).directory().resolve(file));

        assertThat(store.list(Saved.RUN)).extracting(checkpoint -> checkpoint.state().step()).containsExactly(10L);
        assertThat(store.latest(Saved.RUN)).get().extracting(checkpoint -> checkpoint.state().step()).isEqualTo(10L);
    }

    @Test
    void replacesABrokenCheckpointOfTheSameStep() throws IOException {
        Files.writeString(save(20).directory().resolve(Checkpoint.WEIGHTS), "gone");

        save(20);

        assertSame(store.latest(Saved.RUN).orElseThrow().weights(), Saved.weights(20));
        assertThat(directory.resolve("checkpoints/student-1")).isDirectoryNotContaining("glob:**replaced*");
    }

    @Test
    void keepsTheCheckpointThatWasMakingWayWhenItsWriterWasKilled() throws IOException {
        final Path place = save(20).directory();
        Files.move(place, place.resolveSibling(".replaced-step-000000020"));

        assertThat(store.latest(Saved.RUN)).get().extracting(Checkpoint::state).isEqualTo(Saved.state(20));

        save(30);
        assertThat(store.list(Saved.RUN)).extracting(Checkpoint::directory).startsWith(place);
    }

    @Test
    void sweepsWhatAKilledWriterLeft() throws IOException {
        final Path run = save(20).directory().getParent();
        final Path left = Files.createDirectory(run.resolve(".aside-step-000000030"));
        Files.writeString(left.resolve(Checkpoint.WEIGHTS), "half");

        assertThat(store.latest(Saved.RUN)).get().extracting(checkpoint -> checkpoint.state().step()).isEqualTo(20L);
        save(30);

        assertThat(left).doesNotExist();
    }

    @Test
    void deletesAsOne() {
        save(10);
        final Checkpoint newest = save(20);

        store.delete(newest);

        assertThat(newest.directory()).doesNotExist();
        assertThat(store.list(Saved.RUN)).hasSize(1);
    }

    @Test
    void refusesARunThatIsNoName() {
        assertThatThrownBy(() -> store.latest("../elsewhere")).hasMessageContaining("../elsewhere");
    }

    private Checkpoint save(long step) {
        return store.save(Saved.state(step), Saved.weights(step), Saved.optimizer(step));
    }

    private static void assertSame(Map<String, HostTensor> read, Map<String, HostTensor> saved) {
        assertThat(read).containsOnlyKeys(saved.keySet());
        saved.forEach((name, tensor) -> assertThat(read.get(name).floats()).isEqualTo(tensor.floats()));
    }
}
