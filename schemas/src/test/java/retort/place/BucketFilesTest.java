package retort.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.bucket.EmbeddedS3;
import retort.bucket.FaultyProxy;
import retort.bucket.FaultyProxy.Fault;
import retort.settings.Settings;

/** Writes to a real server of the protocol (s3proxy 2.6.0) over a proxy that adds conditional writes, and breaks requests. */
final class BucketFilesTest {
    private static final int PART = 16 << 20;

    private EmbeddedS3 server;
    private FaultyProxy proxy;
    private Places places;

    @BeforeEach
    void start() {
        System.setProperty("aws.accessKeyId", EmbeddedS3.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", EmbeddedS3.SECRET_KEY);
        server = EmbeddedS3.start("data");
        proxy = FaultyProxy.before(server.endpoint()).withConditionalWrites(server);
        places = Places.from(Settings.over(ConfigFactory
                .parseString("places { s3.endpoint = \"" + proxy.endpoint() + "\", timeout = 5s, attempts = 6 }")));
    }

    @AfterEach
    void stop() throws IOException {
        places.close();
        proxy.close();
        server.close();
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    private static byte[] bytes(int length) {
        final byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void createsAnObjectOnce() throws Exception {
        final Path path = places.path("s3://data/runs/a b+c/ä.json");
        assertThat(BucketFiles.create(path, utf8("one"))).isTrue();
        assertThat(BucketFiles.create(path, utf8("two"))).isFalse();
        assertThat(BucketFiles.create(path, utf8("one"))).as("the same content").isTrue();
        assertThat(Files.readString(path)).isEqualTo("one");
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            final Path one = places.path("s3://data/one");
            final List<Future<Boolean>> created = IntStream.range(0, 8)
                    .mapToObj(writer -> writers.submit(() -> BucketFiles.create(one, utf8("writer " + writer)))).toList();
            int successes = 0;
            for (final Future<Boolean> each : created)
                successes += each.get() ? 1 : 0;
            assertThat(successes).isEqualTo(1);
        }
    }

    @Test
    void anAnswerThatIsLostIsNoOtherWriter() throws IOException {
        final Path path = places.path("s3://data/claim");
        proxy.meet(number -> number == 0 ? Fault.cutAfter(1) : Fault.NONE);
        assertThat(BucketFiles.create(path, utf8("mine"))).isTrue();
        assertThat(proxy.requests()).isGreaterThan(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, PART, PART + 1, 2 * PART + 12345})
    void sendsObjectsOfEachSizeThroughFaults(int length) throws IOException {
        final byte[] content = bytes(length);
        proxy.meet(number -> switch (number % 4) {
            case 0 -> Fault.SLOW_DOWN;
            case 2 -> Fault.cutAfter(1);
            default -> Fault.NONE;
        });
        final Path path = places.path("s3://data/weights/large.bin");
        try (ObjectUpload upload = BucketFiles.upload(path, length)) {
            for (int at = 0; at < length; at += 1 << 20)
                upload.write(ByteBuffer.wrap(content, at, Math.min(1 << 20, length - at)));
            assertThat(server.has("data", "weights/large.bin")).isFalse();
            upload.finish();
        }
        assertThat(server.get("data", "weights/large.bin")).isEqualTo(content);
        assertThat(server.uploads("data")).isZero();
        proxy.meet(number -> Fault.NONE);
        try (FileChannel channel = Places.mappable(path)) {
            final byte[] mapped = new byte[length];
            channel.map(FileChannel.MapMode.READ_ONLY, 0, length).get(mapped);
            assertThat(mapped).isEqualTo(content);
        }
    }

    @Test
    void whatIsNotFinishedIsNeverSeen() throws IOException {
        final Path path = places.path("s3://data/runs/left.bin");
        try (ObjectUpload upload = BucketFiles.upload(path, 2L * PART)) {
            upload.write(ByteBuffer.allocate(PART + 1));
            assertThat(server.uploads("data")).isEqualTo(1);
            assertThatThrownBy(upload::finish).isInstanceOf(IllegalStateException.class);
        }
        assertThat(server.uploads("data")).as("dropped by its writer").isZero();
        final ObjectUpload killed = BucketFiles.upload(path, 2L * PART);
        killed.write(ByteBuffer.allocate(PART + 1));
        assertThat(BucketFiles.dropUploads(places.path("s3://data/run"))).as("another folder").isZero();
        assertThat(BucketFiles.dropUploads(places.path("s3://data/runs"))).isEqualTo(1);
        assertThat(server.uploads("data")).as("swept").isZero();
        killed.write(ByteBuffer.allocate(PART - 1));
        assertThatThrownBy(killed::finish).isInstanceOf(PlaceException.class).hasMessageContaining("s3://data/runs/left.bin");
        assertThat(server.has("data", "runs/left.bin")).isFalse();
    }

    @Test
    void listsAllObjectsBelowAFolderAndDeletesThem() throws IOException {
        for (int i = 0; i < 1203; i++)
            server.put("data", "runs/x/%04d".formatted(i), utf8("x"));
        server.put("data", "runs-other/y", utf8("y"));
        final Path folder = places.path("s3://data/runs");
        final List<Path> all = BucketFiles.all(folder);
        assertThat(all).hasSize(1203).startsWith(folder.resolve("x/0000")).endsWith(folder.resolve("x/1202"));
        assertThat(Files.size(all.getFirst())).isEqualTo(1);
        Files.delete(all.getFirst());
        Files.delete(all.getFirst()); // an object that is not there is no error
        assertThat(BucketFiles.all(folder)).hasSize(1202);
    }

    @Test
    void saysWhatIsMissing() {
        proxy.meet(number -> Fault.status(403, "AccessDenied", "Access Denied"));
        assertThatThrownBy(() -> BucketFiles.create(places.path("s3://data/claim"), utf8("x"))).isInstanceOf(PlaceException.class)
                .hasMessageStartingWith("s3://data/claim cannot be written: access is denied")
                .hasMessageContaining("s3:PutObject");
        proxy.meet(number -> Fault.NONE);
        assertThatThrownBy(() -> BucketFiles.create(places.path("s3://nowhere/claim"), utf8("x")))
                .isInstanceOf(PlaceException.class).hasMessageContaining("there is no bucket nowhere");
        assertThatThrownBy(() -> BucketFiles.create(places.path("https://localhost/claim"), utf8("x")))
                .isInstanceOf(ReadOnlyFileSystemException.class);
        assertThatThrownBy(() -> Places.mappable(places.path("s3://data/none"))).isInstanceOf(NoSuchFileException.class);
        proxy.meet(number -> Fault.SLOW_DOWN);
        assertThatThrownBy(() -> BucketFiles.create(places.path("s3://data/busy"), utf8("x"))).isInstanceOf(PlaceException.class)
                .hasMessageContaining("s3://data/busy cannot be written: the server answers 503 SlowDown (6 attempts)");
    }
}
