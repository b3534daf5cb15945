package retort.trainer.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.SharedBroker;
import retort.kafka.Broker;
import retort.trainer.SmallStream;
import retort.trainer.Training;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.ledger.IdsChecksum;
import retort.trainer.ledger.Ledger;
import retort.trainer.ledger.LedgerEntry;
import retort.trainer.ledger.LedgerFiles;
import retort.trainer.ledger.LedgerHeader;
import retort.trainer.ledger.Place;

/** Trains a real run of 12 steps of 7 images on a stream of 23 samples an epoch, five a record, and plants faults in its ledger. */
class AuditTest {
    private static final int STEPS = 12;

    @TempDir
    static Path checkpoints;
    static Broker broker;
    static String text;

    private final CheckpointStore store = new CheckpointStore(checkpoints);
    private final Path folder = store.folder("run");
    private LedgerHeader header;
    private List<LedgerEntry> entries;

    @BeforeAll
    static void train() throws IOException {
        broker = Broker.at(SharedBroker.bootstrapServers(), SharedBroker.freshPrefix());
        SmallStream.create(broker, "train").publish(19);
        SmallStream.create(broker, "other").publish(19);
        try (Engine engine = Engine.start(new EngineSettings("cpu", 1))) {
            Training.run(Training.config(broker, checkpoints, Training.pretrain("run", STEPS, ", checkpoint-every = 5")), engine);
        }
        text = LedgerFiles.read(checkpoints.resolve("run"));
    }

    @BeforeEach
    void read() throws IOException {
        LedgerFiles.write(folder, text);
        final Ledger ledger = Ledger.read(folder).orElseThrow();
        header = ledger.header().orElseThrow();
        entries = new ArrayList<>(ledger.entries());
    }

    @Test
    void aRunIsProven() {
        final AuditReport report = audit();

        assertThat(report.findings()).isEmpty();
        assertThat(report.isClean()).isTrue();
        assertThat(report).isEqualTo(new AuditReport("run", "train", STEPS, STEPS, STEPS * 7L, 3, List.of()));
        assertThat(report.lines()).containsExactly(
                "run run is proven: 12 steps of 84 images in its ledger, 12 compared with stream train, 3 whole epochs");
    }

    @Test
    void aStepThatStandsTwiceIsFound() throws IOException {
        entries.add(6, entries.get(5));
        assertFault("step 6 stands in the ledger again after step 6");
    }

    @Test
    void aStepThatIsMissingIsFound() throws IOException {
        entries.remove(3);
        assertFault("steps 4 to 4 are missing in the ledger");
    }

    @Test
    void imagesThatWereTrainedTwiceAreFound() throws IOException {
        final LedgerEntry seventh = entries.get(6);
        final Place earlier = entries.get(5).from();
        entries.set(6, new LedgerEntry(7, earlier, seventh.to(), 7, seventh.idsChecksum()));
        assertFault("step 7 trained the images from " + earlier + " to " + seventh.from() + " again");
    }

    @Test
    void imagesThatWereLeftOutAreFound() throws IOException {
        final LedgerEntry last = entries.getLast();
        final Place later = new Place(last.from().sequence() + 1, 0);
        entries.set(STEPS - 1, new LedgerEntry(STEPS, later, last.to(), 7, last.idsChecksum()));
        assertFault("the images from " + last.from() + " to " + later + " were left out before step 12");
    }

    @Test
    void aSwappedPairIsFound() throws IOException {
        final LedgerEntry first = entries.getFirst();
        assertThat(first.idsChecksum()).isEqualTo(IdsChecksum.of(new long[]{0, 1, 2, 3, 4, 5, 6}));
        entries.set(0, new LedgerEntry(1, first.from(), first.to(), 7, IdsChecksum.of(new long[]{0, 1, 3, 2, 4, 5, 6})));
        assertFault("step 1 was trained on other samples, or in another order, than the stream holds from 0+0 to 1+2");
    }

    @Test
    void anotherStreamsSampleIsFound() throws IOException {
        final LedgerEntry first = entries.getFirst();
        entries.set(0, new LedgerEntry(1, first.from(), first.to(), 7, IdsChecksum.of(new long[]{0, 1, 2, 99, 4, 5, 6})));
        assertFault("step 1 was trained on other samples, or in another order, than the stream holds from 0+0 to 1+2");
    }

    @Test
    void aStepOfAnotherSizeIsFound() throws IOException {
        final LedgerEntry fourth = entries.get(3);
        entries.set(3, new LedgerEntry(4, fourth.from(), fourth.to(), 8, fourth.idsChecksum()));
        assertFault("step 4 trained 8 images, but the stream holds 7 from " + fourth.from() + " to " + fourth.to());
    }

    @Test
    void aTornTailIsFound() throws IOException {
        LedgerFiles.write(folder, text.substring(0, text.length() - 5));
        assertThat(faults(audit())).contains("line 13 of the ledger is damaged or torn",
                "the checkpoint of step 12 has no entry in the ledger");
    }

    @Test
    void aDamagedLineIsFound() throws IOException {
        LedgerFiles.write(folder, text.replace("\n5 ", "\n4 "));
        assertThat(faults(audit())).contains("line 6 of the ledger is damaged or torn", "steps 5 to 5 are missing in the ledger");
    }

    @Test
    void aCheckpointThatStandsElsewhereIsFound() throws IOException {
        final LedgerEntry last = entries.getLast();
        final Place end = last.to();
        entries.set(STEPS - 1, new LedgerEntry(STEPS, last.from(), new Place(end.sequence(), end.used() + 1), 7,
                last.idsChecksum()));
        assertFault(
                "the checkpoint of step 12 stands at " + end + ", the ledger says " + end.sequence() + "+" + (end.used() + 1));
    }

    @Test
    void aLedgerThatBeginsLateProvesNothingOfWhatWasBefore() throws IOException {
        header = new LedgerHeader("run", "train", 2, entries.get(1).to());
        entries = entries.subList(2, STEPS);
        assertFault("the ledger begins after step 2: the steps before it are not proven");
    }

    @Test
    void stepsBeyondTheEndOfTheStreamAreFound() throws IOException {
        final LedgerEntry last = entries.getLast();
        entries.add(new LedgerEntry(13, last.to(), new Place(40, 0), 7, 1));
        assertFault("the stream ends at 19+0, before the images of step 13");
    }

    @Test
    void theLedgerOfAnotherRunOrStreamIsFound() throws IOException {
        header = new LedgerHeader("student", "other", 0, header.start());
        assertFault("the ledger is of run student on stream other, the checkpoints are of run run on stream train");
        header = new LedgerHeader("run", "nowhere", 0, header.start());
        assertFault("stream nowhere is not published, so its samples cannot be compared");
    }

    @Test
    void aRunWithoutALedgerIsNotProven() throws IOException {
        LedgerFiles.delete(folder);
        assertThat(faults(audit())).containsExactly("run run has no ledger in " + folder);
    }

    private AuditReport audit() {
        return new Audit(broker, store).of("run");
    }

    private void assertFault(String fault) throws IOException {
        LedgerFiles.write(folder, header, entries);
        final AuditReport report = audit();
        assertThat(report.isClean()).isFalse();
        assertThat(faults(report)).contains(fault);
    }

    private static List<String> faults(AuditReport report) {
        return report.findings().stream().filter(finding -> finding.kind() == Finding.Kind.FAULT).map(Finding::text).toList();
    }
}
