package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.EmbeddedBroker;
import retort.kafka.Broker;
import retort.record.Rejected;

/** A request that cannot be fulfilled gives one clear line and a non-zero exit code, in bounded time. */
final class BadInputTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String NOWHERE = "kafka.bootstrap.servers=127.0.0.1:1";
    private static final String RUN = "trainer.runs=[{name=a,objective=pretrain,steps=2,model={width=16,depth=4,heads=2,patch=4},"
            + "decoder={width=8,depth=1,heads=2}}]";

    @TempDir
    private static Path shared;
    private static EmbeddedBroker broker;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startsABroker() {
        broker = EmbeddedBroker.start(shared.resolve("kafka"));
    }

    @AfterAll
    static void stopsIt() {
        if (broker != null)
            broker.close();
    }

    @Test
    void aCommandThatIsNotThereIsNamedWithThoseThatAre() throws Exception {
        assertThat(fails("nosuch")).contains("nosuch", "local", "ingest", "evaluations");
        assertThat(fails()).contains("no command", "local", "--help");
        assertThat(fails("bench", "nosuch")).contains("nosuch", "step");
    }

    @Test
    void anOptionThatIsNotThereIsNamed() throws Exception {
        assertThat(fails("ingest", "--nosuch")).contains("--nosuch", "retort ingest --help");
        assertThat(fails("settings", "--seed", "soon")).contains("--seed", "soon", "retort settings --help");
    }

    @Test
    void anUnknownKeyNamesTheNearestOne() throws Exception {
        assertThat(fails("settings", "--set", "trainer.chekpoints=here")).contains("trainer.chekpoints", "trainer.checkpoints");
        assertThat(fails("settings", "--set", "trainr.batch=3")).contains("trainr.batch", "trainer");
        final Path file = Files.writeString(directory.resolve("own.conf"), "ingest { imge = 3 }");
        assertThat(fails("settings", "--config", file.toString())).contains("ingest.imge", "ingest.image");
    }

    @Test
    void anUnknownKeyOfARunIsAnError() throws Exception {
        assertThat(fails("train", "--set", "trainer.runs=[{name=a,objective=pretrain,stepz=3}]")).contains("stepz", "steps");
    }

    @Test
    void aBadValueNamesTheKeyTheValueAndWhatIsAllowed() throws Exception {
        assertThat(fails("train", "--set", "trainer.batch=-3", "--set", RUN)).contains("batch", "-3", "1 to");
        assertThat(fails("train", "--set", "trainer.batch=many", "--set", RUN)).contains("batch", "many", "NUMBER");
        assertThat(fails("settings", "--set", "trainer.batch")).contains("trainer.batch", "KEY=VALUE");
    }

    @Test
    void aSettingsFileThatCannotBeReadIsNamed() throws Exception {
        assertThat(fails("settings", "--config", "nosuch.conf")).contains("nosuch.conf", "HOCON");
        final Path file = Files.writeString(directory.resolve("torn.conf"), "ingest {");
        assertThat(fails("settings", "--config", file.toString())).contains("torn.conf", "not HOCON");
    }

    /** All commands run at the same time, because each waits half a minute. */
    @Test
    void aBrokerThatIsNotThereIsNamedByEveryCommand() throws Exception {
        final List<List<String>> commands = List.of(
                List.of("ingest", "--set", NOWHERE, "--set", "ingest.source=idx:" + data("train")),
                List.of("train", "--set", NOWHERE, "--set", RUN), List.of("evaluate", "--set", NOWHERE),
                List.of("evaluations", "--set", NOWHERE), List.of("evaluations", "--follow", "--set", NOWHERE),
                List.of("topics", "--set", NOWHERE));
        final List<RetortProcess> started = new ArrayList<>();
        try {
            for (final List<String> command : commands)
                started.add(RetortProcess.start(directory, command.toArray(String[]::new)));
            for (final RetortProcess retort : started)
                assertThat(failure(retort)).contains("127.0.0.1:1", "kafka.bootstrap.servers");
        } finally {
            started.forEach(RetortProcess::close);
        }
    }

    @Test
    void anAddressThatIsNoneIsNamed() throws Exception {
        for (final String command : new String[]{"evaluations", "topics"}) {
            assertThat(fails(command, "--set", "kafka.bootstrap.servers=nosuch.invalid:9092")).contains("nosuch.invalid:9092");
            assertThat(fails(command, "--set", "kafka.bootstrap.servers=nosuch")).contains("nosuch", "host:port");
        }
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(fails("local", "--data", directory.resolve("l").toString(), "--set", "local.port=" + taken.getLocalPort()))
                    .contains(Integer.toString(taken.getLocalPort()), "in use");
        }
    }

    @Test
    void aDataFolderInUseIsNamed() throws Exception {
        final Path data = directory.resolve("l");
        try (EmbeddedBroker other = EmbeddedBroker.start(data.resolve("kafka"))) {
            assertThat(other.bootstrapServers()).isNotEmpty();
            assertThat(fails("local", "--data", data.toString())).contains(data.toString(), "stop it first");
        }
    }

    @Test
    void aDataFolderThatCannotBeOneIsNamed() throws Exception {
        final Path file = Files.writeString(directory.resolve("file"), "");
        assertThat(fails("local", "--data", file.toString())).contains(file.toString(), "--data");
    }

    @Test
    void aCheckpointFolderThatCannotBeWrittenIsNamed() throws Exception {
        final Path file = Files.writeString(directory.resolve("file"), "");
        final String prefix = "topics.prefix=unwritable.";
        try (RetortProcess ingest = RetortProcess.start(directory, "ingest", "--set", prefix, "--set", served(), "--set",
                "ingest.source=idx:" + data("t10k"), "--set", "ingest.streams=[train]", "--set", "ingest.image=28", "--set",
                "ingest.channels=1", "--set", "ingest.recipe.name=none")) {
            assertThat(fails("train", "--set", prefix, "--set", served(), "--set", RUN, "--set",
                    "trainer.checkpoints=" + file.resolve("below"))).contains(file.toString(), "trainer.checkpoints");
            assertThat(ingest.endsWithin(Duration.ZERO)).isFalse();
        }
    }

    @Test
    void aSourceWithoutAFactoryListsTheSchemes() throws Exception {
        assertThat(ingestFails("nosuch:/data")).contains("nosuch", "idx", "folder");
        assertThat(ingestFails("/data")).contains("/data", "SCHEME:LOCATION");
    }

    @Test
    void aSourceThatIsNotThereIsNamed() throws Exception {
        assertThat(ingestFails("idx:" + directory.resolve("nothing"))).contains("nothing");
        assertThat(ingestFails("folder:" + directory.resolve("nothing"))).contains("nothing");
        assertThat(fails("ingest", "--set", served())).contains("ingest.source");
    }

    @Test
    void anIdxFileCutShortIsNamed() throws Exception {
        final byte[] whole = Files.readAllBytes(Path.of(data("t10k-labels-idx1-ubyte.gz")));
        Files.copy(Path.of(data("t10k-images-idx3-ubyte.gz")), directory.resolve("t10k-images-idx3-ubyte.gz"));
        Files.write(directory.resolve("t10k-labels-idx1-ubyte.gz"), Arrays.copyOf(whole, whole.length / 2));
        assertThat(ingestFails("idx:" + directory.resolve("t10k"))).contains("t10k-labels-idx1-ubyte.gz");
    }

    @Test
    void aLabelFileOfAnotherLengthIsNamedWithBothLengths() throws Exception {
        Files.copy(Path.of(data("t10k-images-idx3-ubyte.gz")), directory.resolve("t10k-images-idx3-ubyte.gz"));
        Files.copy(Path.of(data("train-labels-idx1-ubyte.gz")), directory.resolve("t10k-labels-idx1-ubyte.gz"));
        assertThat(ingestFails("idx:" + directory.resolve("t10k"))).contains("2000", "10000");
    }

    @Test
    void aTextFileNamedLikeAnImageIsSetAsideAndTheStreamGoesOn() throws Exception {
        final Path shirts = Files.createDirectories(directory.resolve("images/shirt"));
        for (int i = 0; i < 5; i++)
            ImageIO.write(new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB), "png", shirts.resolve(i + ".png").toFile());
        Files.writeString(shirts.resolve("notes.jpg"), "not an image at all");
        final Broker text = Broker.at(broker.bootstrapServers(), "text.");
        try (RetortProcess ingest = RetortProcess.start(directory, "ingest", "--set", served(), "--set", "topics.prefix=text.",
                "--set", "ingest.source=folder:" + shirts.getParent(), "--set", "ingest.image=16", "--set",
                "ingest.streams=[probe]")) {
            assertThat(ingest.await(PATIENCE)).as(ingest.err()).isZero();
        }
        final Map<String, Rejected> rejected = text.table(text.topics().rejected());
        assertThat(rejected.values()).singleElement()
                .satisfies(one -> assertThat(one.toString()).contains("notes.jpg"));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(
                () -> assertThat(text.table(text.topics().streams()).get("probe").getLastSequence())
                        .isNotNull());
    }

    private static String data(String name) {
        return Path.of(System.getProperty("retort.root"), "compose", "data", "fashion-mnist", name).toString();
    }

    private static String served() {
        return "kafka.bootstrap.servers=" + broker.bootstrapServers();
    }

    private String ingestFails(String source) throws IOException, InterruptedException {
        return fails("ingest", "--set", served(), "--set", "ingest.source=" + source);
    }

    /** Runs a command that must fail. @return its error message, which must be one line */
    private String fails(String... arguments) throws IOException, InterruptedException {
        try (RetortProcess retort = RetortProcess.start(directory, arguments)) {
            return failure(retort);
        }
    }

    private static String failure(RetortProcess retort) throws InterruptedException {
        assertThat(retort.await(PATIENCE)).as(retort.out() + retort.err()).isIn(1, 2);
        assertThat(retort.err().lines()).as(retort.out() + retort.err()).singleElement().asString().startsWith("retort: ");
        assertThat(retort.out()).doesNotContain("\tat ", "ERROR", "Exception");
        return retort.err();
    }
}
