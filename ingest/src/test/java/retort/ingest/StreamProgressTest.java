package retort.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import retort.ingest.demand.Floor;
import retort.ingest.demand.StreamLedger;
import retort.ingest.order.ArrivingSlices;
import retort.ingest.source.PassedOver;
import retort.ingest.source.UnboundedSource;

class StreamProgressTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final StreamLedger ledger = new StreamLedger(new StreamLedger.Limits(50, 1 << 20, 10), 0, List.of());
    private final StreamProgress progress = new StreamProgress(
            new StreamProgress.Named("train", "kafka:raw.camera", passedOver(), Optional::empty), 10,
            new ArrivingSlices(new Silent(), 10, MINUTE, Schedulers.parallel()), 0, ledger);

    @Test
    void twoPartiesThatWaitForEachOtherAreNamed() {
        ledger.admit(0, 0, 10);
        ledger.published(0, 10, 500);
        progress.floor(new Floor(0, "run distill", true));
        progress.waits(true);
        assertThat(progress.text(after(12))).contains("waiting, 10 images ahead of run distill, for 12 s", "passed over 1,204");
        assertThat(progress.complaint(after(59), MINUTE)).isEmpty();
        assertThat(progress.complaint(after(61), MINUTE)).get().asString().contains(
                "stream train has waited for 61 s for run distill",
                "at sequence 0", "10 images (500 bytes)", "each waits for the other",
                "raise ingest.max-ahead, or lower trainer.batch");
    }

    @Test
    void aRunThatTrainsSlowlyIsNotBlamed() {
        progress.floor(new Floor(0, "run distill", false));
        progress.waits(true);
        assertThat(progress.complaint(after(61), MINUTE)).get().asString().contains("for run distill")
                .doesNotContain("each waits for the other");
    }

    @Test
    void aSilentSourceAndABrokerThatTakesNothingAreNamed() {
        assertThat(progress.text(after(10))).contains("waiting for images of kafka:raw.camera, for 10 s");
        assertThat(progress.complaint(after(61), MINUTE)).get().asString().endsWith("for images to arrive at kafka:raw.camera");
        progress.begun();
        assertThat(progress.complaint(after(61), MINUTE)).get().asString()
                .endsWith("for 1 records to be decoded and taken by the broker, from sequence 0 on");
        progress.published(new Published(0, 0, 1, 10, 0, 500));
        assertThat(progress.complaint(after(61), MINUTE)).get().asString().endsWith("kafka:raw.camera");
        progress.ended();
        assertThat(progress.complaint(after(61), MINUTE)).isEmpty();
    }

    @Test
    void whatIsMissingIsNamedInPlaceOfTheImages() {
        final StreamProgress waiting = new StreamProgress(
                new StreamProgress.Named("train", "kafka:raw.camra", new PassedOver(),
                        () -> Optional.of("topic retort.raw.camra")),
                10, new ArrivingSlices(new Silent(), 10, MINUTE, Schedulers.parallel()), 0, ledger);
        assertThat(waiting.text(after(10))).contains("waiting for topic retort.raw.camra, for 10 s");
        assertThat(waiting.complaint(after(61), MINUTE)).get().asString().endsWith("for topic retort.raw.camra");
    }

    private static PassedOver passedOver() {
        final PassedOver passedOver = new PassedOver();
        passedOver.add("no image", 1200);
        passedOver.add("hidden", 4);
        return passedOver;
    }

    private static long after(int seconds) {
        return System.nanoTime() + Duration.ofSeconds(seconds).plusMillis(100).toNanos();
    }

    private static final class Silent implements UnboundedSource {
        @Override
        public List<String> classNames() {
            return List.of();
        }

        @Override
        public Flux<Arrived> read(java.util.Optional<String> position) {
            return Flux.never();
        }
    }
}
