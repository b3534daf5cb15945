package retort.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.console.StatusLine;
import retort.ingest.source.SourceException;
import retort.kafka.BatchRecord;
import retort.kafka.Broker;
import retort.kafka.BrokerUnreachableException;
import retort.kafka.From;
import retort.kafka.StreamConflictException;
import retort.record.Rejected;
import retort.record.Stream;

class IngestServiceTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int SIDE = 4;

    private final Streams streams = Streams.fresh();

    @TempDir
    Path folder;

    @Test
    void publishesTrainValAndProbeAndCompletesThem() throws Exception {
        IdxFixture.write(folder, "train", 103, SIDE, true);
        IdxFixture.write(folder, "t10k", 21, SIDE, true);
        run("ingest.epochs=2", "ingest.val.source=idx:" + folder + "/t10k", "ingest.probe.samples=50");

        final Stream train = streams.description("train");
        assertThat(train.getLastSequence()).isEqualTo(2 * 11 - 1);
        assertThat(train.getSamplesPerEpoch()).isEqualTo(103);
        assertThat(train.getClassNames()).hasSize(10);
        final List<BatchRecord> records = streams.read("train", 21);
        assertThat(Streams.counts(records)).containsExactly(10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 3, 10, 10, 10, 10, 10, 10, 10,
                10, 10, 10, 3);
        for (final BatchRecord record : records)
            for (int i = 0; i < record.batch().count(); i++) {
                assertThat(Streams.pixels(record, i)).isEqualTo(IdxFixture.pixels(record.batch().sampleIds()[i], SIDE));
                assertThat(record.batch().labels()[i]).isEqualTo((int) (record.batch().sampleIds()[i] % 10));
            }
        assertThat(streams.ids("val", 2)).isEqualTo(LongStream.range(0, 21).boxed().toList());
        assertThat(streams.description("val").getLastSequence()).isEqualTo(2);
        assertThat(streams.ids("probe", 4)).isEqualTo(LongStream.range(0, 50).boxed().toList());
        assertThat(streams.description("probe").getLastSequence()).isEqualTo(4);
    }

    @Test
    void holdsTheLastTrainingImagesOutOfTraining() throws Exception {
        IdxFixture.write(folder, 103, SIDE);
        final String[] heldOut = {"ingest.epochs=1", "ingest.samples=80", "ingest.probe.samples=80",
                "ingest.val.source=idx:" + folder};
        run(with(heldOut, "ingest.val.from=80"));
        assertThat(streams.ids("train", 7)).containsExactlyInAnyOrderElementsOf(LongStream.range(0, 80).boxed().toList());
        assertThat(streams.ids("probe", 7)).isEqualTo(LongStream.range(0, 80).boxed().toList());
        assertThat(streams.ids("val", 2)).isEqualTo(LongStream.range(80, 103).boxed().toList());
        assertThat(streams.description("val").getSamplesPerEpoch()).isEqualTo(23);
        for (final BatchRecord record : streams.read("val", 2))
            for (int i = 0; i < record.batch().count(); i++)
                assertThat(Streams.pixels(record, i)).isEqualTo(IdxFixture.pixels(record.batch().sampleIds()[i], SIDE));
        assertThatThrownBy(() -> run(with(heldOut, "ingest.val.from=81"))).isInstanceOf(StreamConflictException.class)
                .hasMessageContaining("ingest.val.from was 80 and is 81");
        assertThatThrownBy(
                () -> run(with(heldOut, "ingest.val.from=103", "topics.prefix=" + streams.topics().prefix() + "none.")))
                .hasCauseInstanceOf(SourceException.class).hasMessageContaining("holds 103 images, and ingest.val.from = 103");
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherSeedOthers() throws Exception {
        IdxFixture.write(folder, 103, SIDE);
        run("ingest.epochs=1", "ingest.streams=[train]", "ingest.threads=1", "ingest.transaction.records=1");
        run("ingest.epochs=1", "ingest.streams=[train]", "ingest.threads=4", "topics.prefix=" + streams.topics().prefix() + "b.");
        run("ingest.epochs=1", "ingest.streams=[train]", "seed=1", "topics.prefix=" + streams.topics().prefix() + "c.");
        final List<byte[]> first = streams.committed("train", 10);
        assertThat(prefixed("b.").committed("train", 10)).usingElementComparator(java.util.Arrays::compare).isEqualTo(first);
        assertThat(prefixed("c.").ids("train", 10)).isNotEqualTo(streams.ids("train", 10))
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 103).boxed().toList());
    }

    @Test
    void stoppedAndStartedAgainAnywhereItPublishesTheSameStream() throws Exception {
        IdxFixture.write(folder, 301, SIDE);
        final Random random = new Random(7);
        long latest = 0;
        while (latest < 60) { // every part ends where its demand ends, and the next part goes on from there
            latest = Math.min(60, latest + 1 + random.nextInt(25));
            final String ahead = "ingest.max-ahead=" + latest * 10;
            try (IngestService _ = IngestService.start(config("ingest.epochs=2", "ingest.streams=[train]", ahead,
                    "ingest.transaction.records=" + (1 + random.nextInt(8))), StatusLine.SILENT)) {
                final long expected = latest;
                await().atMost(TIMEOUT).ignoreExceptions().until(() -> streams.latest("train") == expected);
            }
        }
        run("ingest.epochs=2", "ingest.streams=[train]");
        run("ingest.epochs=2", "ingest.streams=[train]", "topics.prefix=" + streams.topics().prefix() + "whole.");
        assertThat(streams.committed("train", 61)).usingElementComparator(java.util.Arrays::compare)
                .isEqualTo(prefixed("whole.").committed("train", 61));
    }

    @Test
    void aRejectedImageShortensItsRecordAndIsNamed() throws Exception {
        for (int i = 0; i < 25; i++)
            png(folder.resolve("a/%02d.png".formatted(i)), SIDE, i);
        Files.writeString(folder.resolve("a/07.png"), "this is text");
        png(folder.resolve("a/08.png"), SIDE + 1, 8);
        run("ingest.source=folder:" + folder, "ingest.channels=3", "ingest.streams=[probe]");
        assertThat(Streams.counts(streams.read("probe", 2))).containsExactly(8, 10, 5);
        assertThat(streams.ids("probe", 2))
                .isEqualTo(LongStream.range(0, 25).filter(i -> i != 7 && i != 8).boxed().toList());
        final List<Rejected> rejected = rejected(2);
        assertThat(rejected).extracting(Rejected::getSampleId).containsExactly(7L, 8L);
        assertThat(rejected).extracting(Rejected::getSequence).containsExactly(0L, 0L);
        assertThat(rejected.getFirst().getWhat()).endsWith("07.png");
        assertThat(rejected.getFirst().getReason()).contains("not an image");
        assertThat(rejected.getLast().getReason()).contains("5x5");
    }

    @Test
    void severalProcessesShareAStreamByItsPartitions() throws Exception {
        IdxFixture.write(folder, 1000, SIDE);
        final String[] common = {"ingest.epochs=1", "ingest.streams=[train]", "ingest.partitions=3"};
        try (IngestService one = IngestService.start(config(with(common, "ingest.partitions-owned=[1]")), StatusLine.SILENT);
                IngestService two = IngestService.start(config(with(common, "ingest.partitions-owned=[0,2]")),
                        StatusLine.SILENT)) {
            one.done().block(TIMEOUT);
            two.done().block(TIMEOUT);
        }
        assertThat(streams.committed("train", 99)).hasSize(100);
        assertThat(streams.ids("train", 99)).containsExactlyInAnyOrderElementsOf(LongStream.range(0, 1000).boxed().toList());
        assertThat(streams.description("train").getLastSequence()).isEqualTo(99);
    }

    @Test
    void otherSettingsUnderTheSameNameAreRefusedWithTheDifference() throws Exception {
        IdxFixture.write(folder, 30, SIDE);
        run("ingest.epochs=1", "ingest.streams=[train]");
        assertThatThrownBy(() -> run("ingest.epochs=1", "ingest.streams=[train]", "seed=5"))
                .isInstanceOf(StreamConflictException.class).hasMessageContaining("seed was 0 and is 5");
    }

    /** Names and sizes stay, as where bitmaps are drawn anew. Another time of change alone, as a copy has it, is no other data. */
    @Test
    void aFileThatWasReplacedByOneOfItsSizeIsRefusedAndOneThatWasCopiedIsNot() throws Exception {
        for (int i = 0; i < 20; i++)
            png(folder.resolve("a/%02d.png".formatted(i)), SIDE, 1);
        final String[] settings = {"ingest.source=folder:" + folder, "ingest.channels=3", "ingest.streams=[train]",
                "ingest.epochs=1"};
        final Path file = folder.resolve("a/07.png");
        Files.write(file, new byte[]{1}, StandardOpenOption.APPEND); // bytes after a PNG are no part of it
        run(settings);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        run(settings);
        final byte[] other = Files.readAllBytes(file);
        other[other.length - 1] = 2;
        Files.write(file, other);
        assertThatThrownBy(() -> run(settings)).isInstanceOf(StreamConflictException.class)
                .hasMessageContaining("contents of ingest.source (digest of samples of their bytes) was");
    }

    @Test
    void aBadSourceAndAnAbsentBrokerEndItWithTheirMessage() throws Exception {
        assertThatThrownBy(() -> run("ingest.streams=[train]")).hasCauseInstanceOf(SourceException.class)
                .hasMessageContaining("has no images");
        IdxFixture.write(folder, 30, SIDE);
        assertThatThrownBy(() -> run("ingest.streams=[train]", "ingest.source=nonsense:x")).hasMessageContaining("folder, idx");
        assertThatThrownBy(() -> run("ingest.streams=[train]", "kafka.bootstrap.servers=127.0.0.1:1"))
                .isInstanceOf(BrokerUnreachableException.class).hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void anEpochWithoutAnImageEndsItAndARestartMeetsTheSameError() throws Exception {
        for (int i = 0; i < 25; i++)
            Files.writeString(Files.createDirectories(folder.resolve("a")).resolve("%02d.png".formatted(i)), "this is text");
        for (int start = 0; start < 2; start++)
            assertThatThrownBy(() -> run("ingest.source=folder:" + folder, "ingest.channels=3", "ingest.streams=[probe]"))
                    .hasCauseInstanceOf(SourceException.class).hasMessageContaining("stream probe, epoch 0")
                    .hasMessageContaining("not an image").hasMessageContaining("--dry-run");
        assertThat(streams.description("probe").getLastSequence()).isNull();
    }

    @Test
    void alsoWithoutALimitOfTheShareAnEpochMustHaveAnImage() throws Exception {
        for (int i = 0; i < 25; i++)
            png(folder.resolve("a/%02d.png".formatted(i)), SIDE + 1, i);
        assertThatThrownBy(
                () -> run("ingest.source=folder:" + folder, "ingest.channels=3", "ingest.streams=[train]", "ingest.epochs=1000",
                        "ingest.max-rejected=1"))
                .hasMessageContaining("every one of the 25 samples was rejected");
        png(folder.resolve("a/00.png"), SIDE, 0);
        run("ingest.source=folder:" + folder, "ingest.channels=3", "ingest.streams=[probe]", "ingest.max-rejected=1");
        assertThat(streams.ids("probe", 2)).containsExactly(0L);
    }

    private void run(String... overrides) {
        try (IngestService service = IngestService.start(config(overrides), StatusLine.SILENT)) {
            service.done().block(TIMEOUT);
        }
    }

    private Config config(String... overrides) {
        final List<String> all = new ArrayList<>(
                List.of("ingest.source=idx:" + folder, "ingest.image=" + SIDE, "ingest.channels=1",
                        "ingest.recipe.name=none", "ingest.images-per-record=10", "ingest.partitions=2", "ingest.max-ahead=1000",
                        "topics.prefix=" + streams.topics().prefix()));
        all.addAll(List.of(overrides));
        return Streams.settings(all);
    }

    private static String[] with(String[] settings, String... more) {
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(settings), java.util.stream.Stream.of(more))
                .toArray(String[]::new);
    }

    private Streams prefixed(String more) {
        return new Streams(Broker.at(streams.kafka().bootstrapServers(), streams.topics().prefix() + more));
    }

    private List<Rejected> rejected(int count) {
        return streams.broker().follow(streams.topics().rejected(), From.EARLIEST, "rejected")
                .mapNotNull(retort.kafka.Event::value).take(count).collectList().block(TIMEOUT);
    }

    private static void png(Path file, int side, int shade) throws IOException {
        Files.createDirectories(file.getParent());
        final BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR);
        image.setRGB(1, 1, 0x010101 * shade);
        ImageIO.write(image, "png", file.toFile());
    }
}
