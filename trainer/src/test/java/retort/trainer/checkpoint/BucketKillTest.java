package retort.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import retort.bucket.FaultyProxy.Fault;
import retort.place.Places;
import retort.settings.Settings;
import retort.trainer.TestBucket;
import retort.trainer.images.SequenceRanges;
import retort.trainer.ledger.Ledger;
import retort.trainer.ledger.LedgerEntry;
import retort.trainer.ledger.LedgerHeader;
import retort.trainer.ledger.LedgerWriter;

/**
 * Another JVM goes on from the latest checkpoint in a bucket, writes its ledger and saves one more. The test kills it (SIGKILL) at each
 * of its requests: before the server gets it or after the server has carried it out, by turns.
 */
class BucketKillTest {
    private static final int STEPS = 1;
    /** Each request is killed before and after, which takes twice as long. */
    private static final boolean BOTH = Boolean.getBoolean("kills.both");

    @Test
    void aKillAtAnyRequestLosesNoCheckpointAndNoLineOfTheLedger() throws Exception {
        try (TestBucket bucket = TestBucket.start()) {
            long newest = -1;
            int kills = 0;
            boolean killed = true;
            for (int at = 0; killed; at++)
                for (final boolean carriedOut : turns(at)) {
                    killed = saveUntil(bucket, at, carriedOut);
                    bucket.proxy.meet(number -> Fault.NONE);
                    final long found = look(bucket);
                    assertThat(found).as("after a kill at request %d", at).isGreaterThanOrEqualTo(newest);
                    newest = found;
                    kills += killed ? 1 : 0;
                }
            assertThat(kills).isGreaterThan(20);
            assertLeftNothing(bucket);
        }
    }

    /** Whether the server carries request {@code at} out before the kill. */
    private static boolean[] turns(int at) {
        return BOTH ? new boolean[]{false, true} : new boolean[]{at % 2 == 1};
    }

    /** Checks that the latest checkpoint is whole and that the ledger leads to it. Returns its step. */
    private static long look(TestBucket bucket) {
        final CheckpointStore store = bucket.store();
        final var latest = store.latest(Saved.RUN);
        if (latest.isEmpty())
            return -1;
        final long step = latest.get().state().step();
        assertThat(latest.get().state()).isEqualTo(Saved.state(step));
        assertThat(latest.get().weights().get("blocks.0.attn.qkv.weight").floats()).containsOnly((float) step);
        assertThat(latest.get().optimizer().get("exp_avg.norm.bias").floats()).containsOnly(step + 0.5f);
        final Ledger ledger = Ledger.read(store.folder(Saved.RUN)).orElseThrow();
        assertThat(ledger.damaged()).isEmpty();
        final List<Long> expected = new ArrayList<>();
        for (long each = 1; each <= Math.max(step, ledger.entries().size()); each++)
            expected.add(each);
        assertThat(ledger.entries()).extracting(LedgerEntry::step).isEqualTo(expected);
        return step;
    }

    private static void assertLeftNothing(TestBucket bucket) {
        final long steps = bucket.store().list(Saved.RUN).size();
        final List<String> keys = bucket.server.keys(TestBucket.NAME, "below/checkpoints/" + Saved.RUN + "/");
        assertThat(keys.stream().filter(key -> key.contains("/step-"))).hasSize((int) (3 * steps));
        assertThat(keys.stream().filter(key -> key.contains("/owners/"))).hasSize(1);
        assertThat(bucket.server.uploads(TestBucket.NAME)).isZero();
    }

    /** Returns false if the process has ended before request {@code at}. */
    private static boolean saveUntil(TestBucket bucket, int at, boolean carriedOut) throws IOException, InterruptedException {
        final AtomicReference<Process> saving = new AtomicReference<>();
        bucket.proxy.meet(number -> {
            if (number == at && carriedOut)
                return Fault.cutAfter(1);
            if (number < at || number == at && carriedOut)
                return Fault.NONE;
            kill(saving.get());
            return Fault.SLOW_DOWN;
        });
        final List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx96m",
                        "-XX:TieredStopAtLevel=1"));
        command.addAll(TestBucket.credentials());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Saving.class.getName(),
                bucket.proxy.endpoint().toString()));
        synchronized (saving) {
            saving.set(new ProcessBuilder(command).inheritIO().start());
        }
        assertThat(saving.get().waitFor(120, TimeUnit.SECONDS)).isTrue();
        return saving.get().exitValue() != 0;
    }

    private static void kill(Process process) {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A trainer of one step and its checkpoint. */
    static final class Saving {
        public static void main(String[] args) {
            try (Places places = Places.from(Settings.over(ConfigFactory.parseString(TestBucket.settings(args[0]))))) {
                final CheckpointStore store = new CheckpointStore(places.file(TestBucket.ROOT));
                store.claim(Saved.RUN);
                final long from = store.latest(Saved.RUN).map(latest -> latest.state().step()).orElse(-1L);
                try (LedgerWriter ledger = LedgerWriter.open(store.folder(Saved.RUN), store.owner(Saved.RUN),
                        new LedgerHeader(Saved.RUN, "train", Math.max(0, from), place(Math.max(0, from))))) {
                    for (long step = from + 1; step <= from + STEPS; step++) {
                        if (step > 0)
                            ledger.append(step, new long[]{step}, place(step), SequenceRanges.NONE);
                        ledger.flush();
                        store.save(Saved.state(step), Saved.weights(step), Saved.optimizer(step));
                    }
                }
            }
        }

        private static retort.trainer.ledger.Place place(long step) {
            return new retort.trainer.ledger.Place(3 + step, 0);
        }
    }
}
