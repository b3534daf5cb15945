package retort.ingest.source.cifar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.bucket.EmbeddedS3;
import retort.ingest.source.DataSource;
import retort.ingest.source.Sample;
import retort.ingest.source.SourceException;
import retort.ingest.source.Sources;
import retort.ingest.source.Sources.Seen;
import retort.place.Places;
import retort.settings.Settings;

/**
 * The Python version of CIFAR. The files are made by {@code cifar/make.py}, which checks that CPython 3.11 and NumPy load from them, as
 * torchvision 0.22 does, the pixels and labels that are expected here.
 */
class PythonCifarTest {
    private static final Path FILES = Path.of(PythonCifarTest.class.getResource("/cifar/make.py").getPath()).getParent();

    @TempDir
    Path dir;

    /** The formula of {@code make.py}. */
    private static Seen seen(int id, String name, int label, int image) {
        final byte[] pixels = new byte[3072];
        for (int at = 0; at < 3072; at++) {
            final int place = at % 3 * 1024 + at / 3;
            pixels[at] = (byte) (image * 31 + place * 7 + place / 1024 * 50);
        }
        return Seen.of(new Sample(id, name, label, new Sample.Pixels(pixels, 0, 32, 32, 3)));
    }

    private static void check(String uri, List<Seen> expected, String... classNames) throws Exception {
        try (DataSource source = Sources.open(uri)) {
            assertThat(source.classNames()).containsExactly(classNames);
            assertThat(Sources.walk(source)).isEqualTo(expected);
            assertThat(source.findings().listing()).isPresent();
            Sources.resumesAnywhere(source, expected, 1);
        }
    }

    @Test
    void readsTheFilesOfCifar10InTheirOrder() throws Exception {
        final List<Seen> train = new ArrayList<>();
        for (int file = 0; file < 5; file++)
            for (int i = 0; i < 2; i++)
                train.add(seen(train.size(), "data_batch_" + (file + 1) + "#" + i, (file + i) % 3, 2 * file + i));
        for (final String folder : List.of("", "/cifar-10-batches-py")) {
            check("cifar10:" + FILES + folder, train, "airplane", "automobile", "bird");
            check("cifar10:" + FILES + folder + "?split=test",
                    List.of(seen(0, "test_batch#0", 2, 10), seen(1, "test_batch#1", 0, 11)), "airplane", "automobile", "bird");
        }
        final Path list = Files.writeString(dir.resolve("names.txt"), "eins\nzwei\ndrei\n");
        check("cifar10:" + FILES + "?split=train&classes=" + list, train, "eins", "zwei", "drei");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/protocol-3", "/protocol-4", "/protocol-5"})
    void readsTheFineLabelsOfCifar100InEachProtocol(String protocol) throws Exception {
        check("cifar100:" + FILES + protocol,
                List.of(seen(0, "train#0", 2, 0), seen(1, "train#1", 0, 1), seen(2, "train#2", 1, 2)),
                "apple", "aquarium_fish", "baby");
        check("cifar100:" + FILES + protocol + "?split=test",
                List.of(seen(0, "test#0", 2, 3), seen(1, "test#1", 0, 4), seen(2, "test#2", 1, 5)), "apple", "aquarium_fish",
                "baby");
    }

    @Test
    void readsABucket() throws Exception {
        try (EmbeddedS3 server = EmbeddedS3.open("data");
                Places places = Places.from(Settings.over(com.typesafe.config.ConfigFactory
                        .parseString("places.s3 { endpoint = \"" + server.endpoint() + "\", anonymous = true }")))) {
            try (Stream<Path> files = Files.walk(FILES)) {
                for (final Path file : files.filter(Files::isRegularFile).toList())
                    server.put("data", FILES.relativize(file).toString(), Files.readAllBytes(file));
            }
            try (DataSource disk = Sources.open("cifar10:" + FILES);
                    DataSource bucket = Sources.open("cifar10:s3://data", Sources.reading(places))) {
                assertThat(Sources.walk(bucket)).isEqualTo(Sources.walk(disk)).isNotEmpty();
                assertThat(bucket.findings().listing()).isEqualTo(disk.findings().listing());
            }
        }
    }

    private void assertRefused(byte[] train, String sentence) throws IOException {
        Files.copy(FILES.resolve("cifar-100-python/meta"), dir.resolve("meta"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.write(dir.resolve("train"), train);
        assertThatThrownBy(() -> Sources.open("cifar100:" + dir)).isInstanceOf(SourceException.class)
                .hasMessageContaining(dir + "/train").hasMessageContaining(sentence);
    }

    @Test
    void runsNothingAndRefusesWhatTheSetDoesNotHold() throws IOException {
        // pickle.dumps of an object whose __reduce__ is (os.system, ("touch x",)), CPython 3.11, protocol 2
        assertRefused("\u0080\u0002cposix\nsystem\nq\u0000X\u0007\u0000\u0000\u0000touch xq\u0001\u0085q\u0002Rq\u0003."
                .getBytes(StandardCharsets.ISO_8859_1),
                "it asks for posix.system, which is neither a tensor nor plain data; nothing was run");
        assertRefused("\u0080\u0002}.".getBytes(StandardCharsets.ISO_8859_1), "no array \"data\"");
        assertRefused("\u0080\u0002K\u0001.".getBytes(StandardCharsets.ISO_8859_1), "no dictionary");
        assertRefused(new byte[0], "it ends, or is damaged, at byte 0");
        assertRefused("(((((((".getBytes(StandardCharsets.ISO_8859_1), "it ends, or is damaged, at byte 7");
        assertRefused("}T\u00ff\u00ff\u00ff\u007f".getBytes(StandardCharsets.ISO_8859_1), "cannot be read");
        assertRefused("X\u00ff\u00ff\u00ff\u007f".getBytes(StandardCharsets.ISO_8859_1), "2147483647 more bytes were expected");
        assertRefused("not a pickle".getBytes(StandardCharsets.ISO_8859_1), "it is damaged");
    }

    /** Each byte is changed once; whatever is read then is a set, or a sentence. */
    @Test
    void damageIsASentenceOrAnotherSet() throws IOException {
        Files.copy(FILES.resolve("cifar-100-python/meta"), dir.resolve("meta"));
        final byte[] whole = Files.readAllBytes(FILES.resolve("cifar-100-python/train"));
        final Random random = new Random(8);
        for (int at = 0; at < whole.length; at += at < 400 || at > whole.length - 400 ? 1 : 97) {
            final byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 + random.nextInt(255));
            Files.write(dir.resolve("train"), damaged);
            try (DataSource source = Sources.open("cifar100:" + dir)) {
                assertThat(Sources.walk(source)).hasSize(3);
            } catch (SourceException e) {
                assertThat(e.getMessage()).as("byte %d", at).contains(dir.toString());
            }
        }
    }
}
