package retort.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.bucket.FaultyProxy.Fault;
import retort.place.PlaceException;
import retort.trainer.TestBucket;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;

/** Checkpoints in a bucket of a real server of the protocol. */
class BucketStoreTest {
    private static final String RUN = "below/checkpoints/" + Saved.RUN + "/";

    private TestBucket bucket;
    private CheckpointStore store;

    @BeforeEach
    void open() {
        bucket = TestBucket.start();
        store = bucket.store();
    }

    @AfterEach
    void close() throws IOException {
        bucket.close();
    }

    private static Checkpoint save(CheckpointStore store, long step) {
        return store.save(Saved.state(step), Saved.weights(step), Saved.optimizer(step));
    }

    private static List<Long> steps(CheckpointStore store) {
        return store.list(Saved.RUN).stream().map(checkpoint -> checkpoint.state().step()).toList();
    }

    private static void assertSame(Map<String, HostTensor> read, Map<String, HostTensor> saved) {
        assertThat(read).containsOnlyKeys(saved.keySet());
        saved.forEach((name, tensor) -> assertThat(read.get(name).floats()).isEqualTo(tensor.floats()));
    }

    private List<String> keys() {
        return bucket.server.keys(TestBucket.NAME, RUN);
    }

    @Test
    void givesBackEverythingThatWasSavedAndWritesTheBytesOfADisk(@org.junit.jupiter.api.io.TempDir Path disk) {
        save(store, 1000);
        final Checkpoint saved = save(store, 40);
        final Checkpoint onDisk = save(new CheckpointStore(disk), 40);

        assertThat(steps(bucket.store())).containsExactly(40L, 1000L);
        final Checkpoint read = bucket.store().list(Saved.RUN).getFirst();
        assertThat(read.address()).isEqualTo(saved.address());
        assertThat(read.state()).isEqualTo(Saved.state(40));
        assertSame(read.weights(), Saved.weights(40));
        assertSame(read.optimizer(), Saved.optimizer(40));
        assertThat(read.weightsDigest()).isEqualTo(onDisk.weightsDigest());
        assertThat(read.optimizerDigest()).isEqualTo(onDisk.optimizerDigest());
        assertThat(read.address()).matches(
                "s3://runs/below/checkpoints/student-1/step-000000040\\.000001-[0-9a-f]{6}\\.000002/weights\\.safetensors");
        assertSame(SafeTensors.read(bucket.places().file(read.address()), read.weightsDigest()), Saved.weights(40));
        assertThat(Checkpoint.beside(read.weightsFile())).contains(read);
        assertThat(store.latest(Saved.RUN)).get().extracting(checkpoint -> checkpoint.state().step()).isEqualTo(1000L);
        assertThat(store.latest("nobody")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {Checkpoint.WEIGHTS, Checkpoint.OPTIMIZER, Checkpoint.STATE})
    void passesOverABrokenCheckpointAndReplacesIt(String file) throws IOException {
        save(store, 10);
        final String broken = save(store, 20).directory().resolve(file).toString().replace("s3://" + TestBucket.NAME + "/", "");
        final byte[] bytes = bucket.server.get(TestBucket.NAME, broken);
        bytes[bytes.length / 2] ^= 1;
        bucket.server.put(TestBucket.NAME, broken, bytes);
        assertThat(bucket.store().latest(Saved.RUN)).get().extracting(checkpoint -> checkpoint.state().step()).isEqualTo(10L);

        bucket.server.delete(TestBucket.NAME, broken);
        final CheckpointStore next = bucket.store();
        assertThat(next.latest(Saved.RUN)).get().extracting(checkpoint -> checkpoint.state().step()).isEqualTo(10L);
        next.claim(Saved.RUN);
        save(next, 20);

        assertSame(bucket.store().latest(Saved.RUN).orElseThrow().weights(), Saved.weights(20));
        assertThat(keys().stream().filter(key -> key.contains("step-000000020"))).hasSize(3);
    }

    @Test
    void theLastOfTwoOwnersSavesAndTheOtherOneStops() {
        store.claim(Saved.RUN);
        save(store, 10);
        final CheckpointStore newer = bucket.store();
        newer.claim(Saved.RUN);

        assertThatThrownBy(() -> save(store, 20)).isInstanceOf(NotOwnerException.class)
                .hasMessageContaining("s3://runs/below/checkpoints/student-1").hasMessageContaining("another trainer");
        save(newer, 20);
        assertThat(steps(bucket.store())).containsExactly(10L, 20L);
        assertThat(keys().stream().filter(key -> key.contains("/owners/"))).hasSize(1);
        assertThat(newer.owner(Saved.RUN)).isGreaterThan(store.owner(Saved.RUN));
    }

    /** The older one has looked for a newer owner before that one has claimed the run, and writes its last object after that. */
    @Test
    void whatAnOlderOwnerFinishesLateHarmsNoByteOfTheNewerOne() throws IOException {
        store.claim(Saved.RUN);
        final CheckpointStore newer = bucket.store();
        bucket.proxy.meet(number -> {
            if (number == 4) { // owners, weights, optimizer, owners, and now the state
                bucket.proxy.meet(next -> Fault.NONE);
                newer.claim(Saved.RUN);
            }
            return Fault.NONE;
        });
        save(store, 20);
        assertThat(bucket.store().list(Saved.RUN)).as("its files are swept, so it counts for nothing").isEmpty();

        save(newer, 20);
        assertSame(bucket.store().latest(Saved.RUN).orElseThrow().weights(), Saved.weights(20));
        assertThatThrownBy(() -> save(store, 30)).isInstanceOf(NotOwnerException.class);
    }

    @Test
    void ownersAreToldApartWithoutConditionalWritesToo() throws IOException {
        try (TestBucket plain = TestBucket.unconditional()) {
            final CheckpointStore older = plain.store();
            final CheckpointStore newer = plain.store();
            older.claim(Saved.RUN);
            save(older, 10);
            newer.claim(Saved.RUN);
            assertThatThrownBy(() -> save(older, 20)).isInstanceOf(NotOwnerException.class);
            save(newer, 20);
            assertThat(steps(plain.store())).containsExactly(10L, 20L);
        }
    }

    @Test
    void deletesAsOneAlsoForAReaderThatComesBetween() {
        save(store, 10);
        final Checkpoint newest = save(store, 20);
        bucket.proxy.meet(number -> number == 0 ? Fault.NONE : Fault.status(403, "AccessDenied", "no"));
        assertThatThrownBy(() -> store.delete(newest)).isInstanceOf(PlaceException.class);
        bucket.proxy.meet(number -> Fault.NONE);
        assertThat(steps(bucket.store())).as("its state went first").containsExactly(10L);

        store.delete(newest);
        assertThat(keys().stream().filter(key -> key.contains("step-000000020"))).isEmpty();
    }

    @Test
    void aBucketThatCannotBeWrittenIsNamedAndTheCheckpointBeforeStays() {
        save(store, 10);
        bucket.proxy.meet(number -> number < 1 ? Fault.NONE : Fault.SLOW_DOWN);
        assertThatThrownBy(() -> save(store, 20)).isInstanceOf(PlaceException.class).hasMessageContaining("s3://runs/below")
                .hasMessageContaining("503");
        bucket.proxy.meet(number -> Fault.NONE);
        assertThat(steps(bucket.store())).containsExactly(10L);
        save(store, 20);
        assertThat(steps(bucket.store())).containsExactly(10L, 20L);
    }
}
