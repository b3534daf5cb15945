package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person gets who asks for something that cannot be: one clear line and a non-zero exit. */
final class BadInputTest {
    @TempDir
    private Path directory;

    @Test
    void anUnknownKeyNamesTheNearestOne() {
        assertThat(fails("settings", "--set", "trainer.chekpoints=here")).contains("trainer.chekpoints", "trainer.checkpoints");
    }

    @Test
    void anUnknownKeyOfARunIsAnError() {
        assertThat(fails("train", "--set", "trainer.runs=[{name=a,objective=pretrain,stepz=3}]")).contains("stepz", "steps");
    }

    @Test
    void aValueOutOfRangeNamesTheKeyTheValueAndWhatIsAllowed() {
        assertThat(fails("train", "--set", "trainer.batch=-3", "--set", "trainer.runs=[{name=a,objective=pretrain}]"))
                .contains("batch", "-3");
    }

    @Test
    void aBrokerThatIsNotThereIsNamed() {
        assertThat(fails("ingest", "--set", "kafka.bootstrap.servers=127.0.0.1:1", "--set", "ingest.source=idx:" + data("train")))
                .contains("127.0.0.1:1", "kafka.bootstrap.servers");
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(fails("local", "--data", directory.toString(), "--set", "local.port=" + taken.getLocalPort()))
                    .contains(Integer.toString(taken.getLocalPort()), "in use");
        }
    }

    @Test
    void aSourceWithoutAFactoryListsTheSchemes() {
        assertThat(fails("ingest", "--set", "kafka.bootstrap.servers=127.0.0.1:1", "--set", "ingest.source=nosuch:/data"))
                .contains("nosuch", "idx", "folder");
    }

    @Test
    void anIdxFileCutShortIsNamed() throws IOException {
        final byte[] whole = Files.readAllBytes(Path.of(data("t10k-labels-idx1-ubyte.gz")));
        Files.copy(Path.of(data("t10k-images-idx3-ubyte.gz")), directory.resolve("t10k-images-idx3-ubyte.gz"));
        Files.write(directory.resolve("t10k-labels-idx1-ubyte.gz"), Arrays.copyOf(whole, whole.length / 2));
        assertThat(fails("ingest", "--set", "kafka.bootstrap.servers=127.0.0.1:1", "--set",
                "ingest.source=idx:" + directory.resolve("t10k")))
                .contains("t10k-labels-idx1-ubyte.gz");
    }

    @Test
    void aLabelFileOfAnotherLengthIsNamedWithBothLengths() throws IOException {
        Files.copy(Path.of(data("t10k-images-idx3-ubyte.gz")), directory.resolve("t10k-images-idx3-ubyte.gz"));
        Files.copy(Path.of(data("train-labels-idx1-ubyte.gz")), directory.resolve("t10k-labels-idx1-ubyte.gz"));
        assertThat(fails("ingest", "--set", "kafka.bootstrap.servers=127.0.0.1:1", "--set",
                "ingest.source=idx:" + directory.resolve("t10k"))).contains("2000", "10000");
    }

    private static String data(String name) {
        return Path.of(System.getProperty("retort.root"), "compose", "data", "fashion-mnist", name).toString();
    }

    /** Runs a command that must fail, and returns what it says: one line. */
    private static String fails(String... arguments) {
        final PrintStream before = System.err;
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        final int exit;
        try {
            exit = Retort.run(arguments);
        } finally {
            System.setErr(before);
        }
        final String text = said.toString(StandardCharsets.UTF_8);
        assertThat(exit).as(text).isNotZero();
        assertThat(text.lines().filter(line -> line.startsWith("retort: "))).as(text).hasSize(1);
        assertThat(text).doesNotContain("\tat ");
        return text;
    }
}
