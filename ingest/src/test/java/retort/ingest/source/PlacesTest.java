package retort.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.bucket.EmbeddedS3;
import retort.bucket.FaultyProxy;
import retort.ingest.source.Sources.Seen;
import retort.ingest.source.tar.TarBytes;
import retort.place.PlaceException;
import retort.place.PlaceSettings;
import retort.place.Places;
import retort.place.Room;
import retort.settings.Settings;

/** Every source gives the same samples from a bucket as from a disk, also while connections break. */
final class PlacesTest {
    private static EmbeddedS3 server;
    private static FaultyProxy proxy;
    private static Places places;

    @TempDir
    static Path disk;

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedS3.open("data");
        proxy = FaultyProxy.before(server.endpoint());
        places = new Places(
                PlaceSettings.from(Settings.over(ConfigFactory
                        .parseString(
                                "places { s3 { endpoint = \"" + proxy.endpoint() + "\", anonymous = true }, timeout = 5s }"))),
                bytes -> Optional.of(() -> {
                }));
        fill();
        try (Stream<Path> files = Files.walk(disk)) {
            for (final Path file : files.filter(Files::isRegularFile).toList())
                server.put("data", disk.relativize(file).toString(), Files.readAllBytes(file));
        }
    }

    @AfterAll
    static void stop() throws IOException {
        places.close();
        proxy.close();
        server.close();
    }

    @BeforeEach
    void noFaults() {
        proxy.meet(number -> FaultyProxy.Fault.NONE);
    }

    /** Content of random lengths: no source decodes it. */
    private static void fill() throws IOException {
        final Random random = new Random(5);
        for (final String name : List.of("folder/ant/1 a.jpg", "folder/ant/2+b.jpg", "folder/bee/caf\u00e9/3.png",
                "folder/bee/4.webp",
                "folder/bee/.hidden.jpg", "folder/cow/5%20.jpg", "folder/note.txt"))
            write(name, bytes(random, 200_000));
        for (int shard = 0; shard < 3; shard++) {
            final TarBytes tar = new TarBytes();
            for (int i = 0; i < 40; i++)
                tar.file("%d%03d.jpg".formatted(shard, i), bytes(random, 40_000)).file("%d%03d.cls".formatted(shard, i),
                        "" + i % 3);
            write("wds/plain-%02d.tar".formatted(shard), tar.end());
            write("wds/packed-%02d.tar.gz".formatted(shard), gzip(tar.end()));
            final TarBytes suffixed = new TarBytes();
            for (int i = 0; i < 20; i++)
                suffixed.file("x%d_%d_n0144000%d.JPEG".formatted(shard, i, i % 4), bytes(random, 30_000));
            write("hf/train_images_%d.tar.gz".formatted(shard), gzip(suffixed.end()));
        }
        write("wds/classnames.txt", "a\nb\nc\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        for (final String fixture : List.of("snappy", "pages", "zstd-v2"))
            try (var in = PlacesTest.class.getResourceAsStream("/parquet/" + fixture + ".parquet")) {
                write("parquet/" + fixture + ".parquet", in.readAllBytes());
            }
        write("idx/train-images-idx3-ubyte", idx(3, 50, 4, 4));
        write("idx/train-labels-idx1-ubyte.gz", gzip(idx(1, 50)));
        final byte[] records = bytes(random, 1, 3073 * 7);
        for (int i = 0; i < 7; i++)
            records[3073 * i] = (byte) (i % 2);
        for (int part = 1; part <= 5; part++)
            write("cifar/data_batch_" + part + ".bin", records);
        write("cifar/batches.meta.txt", "cat\ndog\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static void write(String name, byte[] content) throws IOException {
        final Path file = disk.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private static byte[] bytes(Random random, int most) {
        return bytes(random, random.nextInt(most) + 1, 0);
    }

    private static byte[] bytes(Random random, int some, int exactly) {
        final byte[] bytes = new byte[exactly == 0 ? some : exactly];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] idx(int rank, int... sizes) {
        int all = 1;
        for (final int size : sizes)
            all *= size;
        final java.nio.ByteBuffer file = java.nio.ByteBuffer.allocate(4 + 4 * sizes.length + all).putInt(0x0800 | rank);
        for (final int size : sizes)
            file.putInt(size);
        while (file.hasRemaining())
            file.put((byte) (file.position() % 5));
        return file.array();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        final ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"folder:@folder", "folder:@folder/bee", "webdataset:@wds/plain-{00..02}.tar",
            "webdataset:@wds/plain-*.tar",
            "webdataset:@wds/plain-0[12].tar::@wds/plain-00.tar", "webdataset:@w?s/plain-??.tar?access=forward",
            "webdataset:@wds/packed-{00..02}.tar.gz", "parquet:@parquet/*.parquet", "imagenet-hf:@hf/train_images_{0..2}.tar.gz",
            "idx:@idx", "idx:@idx/train", "cifar10:@cifar"})
    void aBucketGivesWhatADiskGives(String uri) throws Exception {
        final List<String> classes;
        final List<Seen> expected;
        try (DataSource source = Sources.open(uri.replace("@", disk + "/"))) {
            classes = source.classNames();
            expected = Sources.walk(source);
        }
        final Random random = new Random(6);
        proxy.meet(number -> switch (random.nextInt(40)) {
            case 0 -> FaultyProxy.Fault.SLOW_DOWN;
            case 1 -> FaultyProxy.Fault.cutAfter(random.nextInt(20_000));
            default -> FaultyProxy.Fault.NONE;
        });
        try (DataSource source = Sources.open(uri.replace("@", "s3://data/"), Sources.reading(places))) {
            assertThat(source.classNames()).isEqualTo(classes);
            assertThat(Sources.walk(source)).extracting(seen -> told(seen, "s3://data")).isEqualTo(
                    expected.stream().map(seen -> told(seen, disk.toString())).toList());
            assertThat(expected).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"folder:@folder", "webdataset:@wds/plain-*.tar", "parquet:@parquet/*.parquet", "idx:@idx",
            "cifar10:@cifar"})
    void aCopyGivesWhatADiskGives(String uri, @TempDir Path cache) throws Exception {
        final List<Seen> expected;
        try (DataSource source = Sources.open(uri.replace("@", disk + "/"))) {
            expected = Sources.walk(source);
        }
        try (Places copying = new Places(PlaceSettings.from(Settings.over(ConfigFactory.parseString("places { s3 { endpoint = \""
                + proxy.endpoint() + "\", anonymous = true }, cache.folder = \"" + cache + "\" }"))), Room.NONE)) {
            for (int epoch = 0; epoch < 2; epoch++)
                try (DataSource source = Sources.open(uri.replace("@", "s3://data/"), Sources.reading(copying))) {
                    assertThat(Sources.walk(source)).extracting(seen -> told(seen, "s3://data")).isEqualTo(
                            expected.stream().map(seen -> told(seen, disk.toString())).toList());
                }
        }
    }

    /** The sample, with the place of the set left out of its name. */
    private static List<Object> told(Seen seen, String place) {
        return List.of(seen.id(), seen.name().replace(place, "@"), seen.label(), seen.content().replace(place, "@"));
    }

    @Test
    void anObjectThatWasReplacedChangesTheListing() throws Exception {
        for (final String uri : List.of("folder:s3://data/turn", "webdataset:s3://data/turned.tar?access=forward")) {
            server.put("data", "turn/a/x.jpg", new byte[]{1});
            server.put("data", "turned.tar", new TarBytes().file("a.jpg", "x").file("a.cls", "0").end());
            final Optional<String> before = listing(uri);
            assertThat(listing(uri)).isEqualTo(before).isPresent();
            server.put("data", "turn/a/x.jpg", new byte[]{2}); // of the same length
            server.put("data", "turned.tar", new TarBytes().file("a.jpg", "y").file("a.cls", "0").end());
            assertThat(listing(uri)).isNotEqualTo(before);
        }
    }

    private static Optional<String> listing(String uri) throws Exception {
        try (DataSource source = Sources.open(uri, Sources.reading(places))) {
            return source.findings().listing();
        }
    }

    @Test
    void whatIsNotThereSaysSo() {
        assertRefused("webdataset:s3://data/wds/none-{0..1}.tar", SourceException.class,
                "there is no file s3://data/wds/none-0.tar");
        assertRefused("webdataset:s3://data/wds/none-*.tar", SourceException.class, "there is no file s3://data/wds/none-*.tar");
        assertRefused("folder:s3://data/none", SourceException.class, "no folder is there");
        assertRefused("folder:s3://no-bucket/none", PlaceException.class, "there is no bucket no-bucket");
        assertRefused("watch:s3://data/none", SourceException.class, "watch reads files on a disk alone");
        assertRefused("webdataset:s3://user:hidden@data/x.tar", SourceException.class, "credentials come from");
        assertRefused("parquet:https://user:hidden@host/x.parquet", SourceException.class, "places.https.tokens");
    }

    private static void assertRefused(String uri, Class<? extends Exception> type, String sentence) {
        assertThatThrownBy(() -> Sources.open(uri, Sources.reading(places))).isInstanceOf(type).hasMessageContaining(sentence)
                .hasMessageNotContaining("hidden");
    }

    /** Fetching stops when access is denied while a source is read: samples are not thrown away one by one. */
    @Test
    void accessThatEndsStopsTheReader() throws Exception {
        try (DataSource source = Sources.open("folder:s3://data/folder", Sources.reading(places))) {
            proxy.meet(number -> FaultyProxy.Fault.status(403, "ExpiredToken", "The provided token has expired."));
            assertThatThrownBy(() -> Sources.walk(source)).isInstanceOf(PlaceException.class)
                    .hasMessageContaining("the session token has expired");
        }
    }
}
