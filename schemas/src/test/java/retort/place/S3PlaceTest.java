package retort.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import retort.bucket.EmbeddedS3;
import retort.bucket.FaultyProxy;
import retort.settings.Settings;

/** Reads of a real server of the protocol (s3proxy 2.6.0), directly and over a proxy that breaks them. */
final class S3PlaceTest {
    private static EmbeddedS3 server;
    private static FaultyProxy proxy;
    private static byte[] large;

    @BeforeAll
    static void start() {
        System.setProperty("aws.accessKeyId", EmbeddedS3.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", EmbeddedS3.SECRET_KEY);
        server = EmbeddedS3.start("data");
        proxy = FaultyProxy.before(server.endpoint());
        large = new byte[11 << 20];
        new Random(1).nextBytes(large);
        server.put("data", "large.bin", large);
        server.put("data", "empty.bin", new byte[0]);
    }

    @AfterAll
    static void stop() throws IOException {
        proxy.close();
        server.close();
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @BeforeEach
    void noFaults() {
        proxy.meet(number -> FaultyProxy.Fault.NONE);
    }

    private static Places places(Room room, String... settings) {
        return new Places(PlaceSettings.from(config(settings)), room);
    }

    private static Config config(String... settings) {
        return Settings.over(ConfigFactory.parseString(String.join("\n", settings))
                .withFallback(ConfigFactory
                        .parseString("places { s3.endpoint = \"" + proxy.endpoint() + "\", timeout = 5s, attempts = 6 }")));
    }

    @Test
    void readsAnObjectFromEachPlaceToEachOther() throws IOException {
        try (Places places = places(bytes -> Optional.of(() -> {
        }))) {
            final Path path = places.path("s3://data/large.bin");
            assertThat(Files.size(path)).isEqualTo(large.length);
            assertThat(Files.readAllBytes(path)).isEqualTo(large);
            assertThat(Files.readAllBytes(places.path("s3://data/empty.bin"))).isEmpty();
            for (final long from : new long[]{0, 1, 300_000, large.length - 1, large.length, large.length + 5})
                for (final long length : new long[]{1, 7, 100_000, 9 << 20})
                    try (InputStream in = Places.open(path, from, from + length)) {
                        assertThat(in.readAllBytes()).isEqualTo(part(from, from + length));
                    }
        }
    }

    @Test
    void skipsWithoutLosingItsPlace() throws IOException {
        final Random random = new Random(2);
        try (Places places = places(bytes -> Optional.of(() -> {
        })); InputStream in = Files.newInputStream(places.path("s3://data/large.bin"))) {
            long at = 0;
            while (at < large.length) {
                final byte[] read = in.readNBytes(random.nextInt(200_000));
                assertThat(read).isEqualTo(part(at, at + read.length));
                at += read.length;
                at += in.skip(random.nextInt(3) == 0 ? random.nextInt(2_000_000) : random.nextInt(2_000));
            }
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void aChannelReadsAtAnyPlaceInFewRequests() throws IOException {
        try (Places places = places(Room.NONE); FileChannel channel = FileChannel.open(places.path("s3://data/large.bin"))) {
            final List<Long> starts = List.of(0L, 4L << 20, 8L << 20);
            proxy.meet(number -> FaultyProxy.Fault.NONE);
            for (int step = 0; step < 64; step++) // three columns, a header and a page in turn, as Parquet is read
                for (final long start : starts) {
                    final long at = start + step * 5_000L;
                    assertThat(read(channel, at, 4096)).isEqualTo(part(at, at + 4096));
                    assertThat(read(channel, at + 20, 4980)).isEqualTo(part(at + 20, at + 5000));
                }
            assertThat(proxy.requests()).isLessThanOrEqualTo(9);
            assertThat(read(channel, large.length - 8L, 8)).isEqualTo(part(large.length - 8L, large.length));
            assertThat(channel.read(ByteBuffer.allocate(1), large.length)).isEqualTo(-1);
        }
    }

    private static byte[] read(FileChannel channel, long at, int length) throws IOException {
        final ByteBuffer target = ByteBuffer.allocate(length);
        while (target.hasRemaining() && channel.read(target, at + target.position()) >= 0) {
            // until it is full
        }
        return target.array();
    }

    private static byte[] part(long from, long to) {
        final int start = (int) Math.min(from, large.length);
        return java.util.Arrays.copyOfRange(large, start, (int) Math.max(start, Math.min(to, large.length)));
    }

    /** The keys that people have, and what must not be decoded, merged or cut in them. */
    @Test
    void keysAreKeptToTheLetter() throws IOException {
        final List<String> keys = List.of("k/a b.txt", "k/a+b.txt", "k/a%20b.txt", "k/caf\u00e9/\u00fcber \ud83d\ude00.txt",
                "k/x//y.txt",
                "k/q?a=b&c.txt", "k/#1.txt", "k/ lead.txt", "k/a&amp;b.txt", "k/~!$'()*,;=:@.txt");
        for (final String key : keys)
            server.put("data", key, key.getBytes(StandardCharsets.UTF_8));
        try (Places places = places(Room.NONE)) {
            for (final String key : keys)
                assertThat(Files.readString(places.path("s3://data/" + key))).isEqualTo(key);
            final List<String> listed = new ArrayList<>();
            try (var entries = Files.newDirectoryStream(places.path("s3://data/k/"))) {
                entries.forEach(entry -> listed.add(entry.getFileName() + (Files.isDirectory(entry) ? "/" : "")));
            }
            assertThat(listed).containsExactlyInAnyOrder("a b.txt", "a+b.txt", "a%20b.txt", "caf\u00e9/", "x/", "q?a=b&c.txt",
                    "#1.txt",
                    " lead.txt", "a&amp;b.txt", "~!$'()*,;=:@.txt");
            assertThat(Files.isDirectory(places.path("s3://data/k"))).isTrue();
            assertThat(Files.isDirectory(places.path("s3://data"))).isTrue();
            assertThat(Files.exists(places.path("s3://data/nothing"))).isFalse();
        }
    }

    /** More entries than one page holds. */
    @Test
    void listsPageByPage() throws IOException {
        for (int i = 0; i < 2345; i++)
            server.put("data", "many/%05d.txt".formatted(i), new byte[i % 3]);
        try (Places places = places(Room.NONE)) {
            int n = 0;
            try (var entries = Files.newDirectoryStream(places.path("s3://data/many"))) {
                for (final Path entry : entries) {
                    assertThat(entry.getFileName()).hasToString("%05d.txt".formatted(n));
                    assertThat(Files.size(entry)).isEqualTo(n++ % 3);
                }
            }
            assertThat(n).isEqualTo(2345);
            assertThat(proxy.requests()).isEqualTo(3);
        }
    }

    @Test
    void aBrokenDownloadGoesOnWhereItBroke() throws IOException {
        final Random random = new Random(3);
        try (Places places = places(bytes -> Optional.of(() -> {
        }))) {
            proxy.meet(number -> random.nextInt(3) == 0
                    ? FaultyProxy.Fault.cutAfter(random.nextInt(2 << 20))
                    : random.nextInt(4) == 0 ? FaultyProxy.Fault.SLOW_DOWN : FaultyProxy.Fault.NONE);
            assertThat(Files.readAllBytes(places.path("s3://data/large.bin"))).isEqualTo(large);
        }
    }

    @Test
    void anObjectThatIsReplacedWhileItIsReadIsNamed() throws IOException {
        server.put("data", "turned.bin", large);
        try (Places places = places(Room.NONE); InputStream in = Files.newInputStream(places.path("s3://data/turned.bin"))) {
            assertThat(in.readNBytes(300_000)).isEqualTo(part(0, 300_000));
            server.put("data", "turned.bin", new byte[large.length]);
            assertThatThrownBy(in::readAllBytes).isInstanceOf(PlaceException.class)
                    .hasMessageContaining("s3://data/turned.bin").hasMessageContaining("replaced");
        }
    }

    @Test
    void aPinnedPathMeansTheObjectThatWasThere() throws IOException {
        server.put("data", "pinned.bin", new byte[]{1});
        try (Places places = places(Room.NONE)) {
            final Path pinned = Places.pinned(places.path("s3://data/pinned.bin"));
            assertThat(Files.readAllBytes(pinned)).containsExactly(1);
            server.put("data", "pinned.bin", new byte[]{2});
            assertThatThrownBy(() -> Files.readAllBytes(pinned)).isInstanceOf(PlaceException.class)
                    .hasMessageContaining("replaced");
            assertThat(Files.readAllBytes(places.path("s3://data/pinned.bin"))).containsExactly(2);
        }
    }

    @Test
    void whatIsNotThereSaysSo() {
        try (Places places = places(Room.NONE)) {
            assertThatThrownBy(() -> Files.readAllBytes(places.path("s3://data/nothing"))).isInstanceOf(NoSuchFileException.class)
                    .hasMessage("s3://data/nothing");
            assertThatThrownBy(() -> Files.isDirectory(places.path("s3://no-such-bucket/x"))).isInstanceOf(PlaceException.class)
                    .hasMessageContaining("there is no bucket no-such-bucket at http://127.0.0.1");
        }
    }

    /** Answers as Amazon writes them, because this server has neither regions nor rights. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "301|PermanentRedirect|The bucket must be addressed using the specified endpoint.|x-amz-bucket-region: eu-west-1|places.s3.region=eu-west-1",
            "400|AuthorizationHeaderMalformed|the region 'us-east-1' is wrong; expecting 'eu-north-1'|x: y|places.s3.region=eu-north-1",
            "403|AccessDenied|Access Denied|x: y|s3:GetObject", "403|InvalidAccessKeyId|unknown|x: y|AWS_ACCESS_KEY_ID",
            "403|SignatureDoesNotMatch|no|x: y|AWS_SECRET_ACCESS_KEY",
            "400|ExpiredToken|expired|x: y|the session token has expired",
            "400|InvalidToken|malformed|x: y|AWS_SESSION_TOKEN",

            "403|InvalidObjectState|archived|x: y|archived"})
    void eachRefusalHasItsSentence(int status, String code, String message, String header, String sentence) {
        try (Places places = places(Room.NONE)) {
            proxy.meet(number -> FaultyProxy.Fault.status(status, code, message, header));
            assertThatThrownBy(() -> Files.readAllBytes(places.path("s3://data/large.bin"))).isInstanceOf(PlaceException.class)
                    .hasMessageStartingWith("s3://data/large.bin cannot be read: ").hasMessageContaining(sentence);
            assertThat(proxy.requests()).as("requests of a refusal that time does not heal").isEqualTo(1);
            assertThatThrownBy(() -> Files.isRegularFile(places.path("s3://data/large.bin"))).isInstanceOf(PlaceException.class);
        }
    }

    @Test
    void aWrongClockIsCorrectedOnceAndThenNamed() throws IOException {
        try (Places places = places(Room.NONE)) {
            proxy.meet(number -> number == 0
                    ? FaultyProxy.Fault.status(403, "RequestTimeTooSkewed", "too large")
                    : FaultyProxy.Fault.NONE);
            assertThat(Files.size(places.path("s3://data/large.bin"))).isEqualTo(large.length);
            proxy.meet(number -> FaultyProxy.Fault.status(403, "RequestTimeTooSkewed", "too large"));
            assertThatThrownBy(() -> Files.size(places.path("s3://data/large.bin"))).isInstanceOf(PlaceException.class)
                    .hasMessageContaining("set the clock");
        }
    }

    @Test
    void aDeniedListingNamesTheRightThatIsMissing() {
        try (Places places = places(Room.NONE)) {
            proxy.meet(number -> FaultyProxy.Fault.status(403, "AccessDenied", "Access Denied"));
            assertThatThrownBy(() -> Files.newDirectoryStream(places.path("s3://data/k")).iterator().hasNext())
                    .isInstanceOf(PlaceException.class).hasMessageContaining("cannot be listed")
                    .hasMessageContaining("s3:ListBucket");
        }
    }

    @Test
    void wrongCredentialsAreNamedAndNotShown() {
        System.setProperty("aws.secretAccessKey", "wrong-secret");
        try (Places places = places(Room.NONE)) {
            assertThatThrownBy(() -> Files.readAllBytes(places.path("s3://data/large.bin"))).isInstanceOf(PlaceException.class)
                    .hasMessageContaining("the secret key does not fit the access key").hasMessageNotContaining("wrong-secret");
        } finally {
            System.setProperty("aws.secretAccessKey", EmbeddedS3.SECRET_KEY);
        }
    }

    @Test
    void aBusyServerIsAskedAgainAfterThePauseThatItNames() throws IOException {
        try (Places places = places(Room.NONE)) {
            proxy.meet(number -> number < 2
                    ? FaultyProxy.Fault.status(number == 0 ? 503 : 429, "SlowDown", "slow down", "Retry-After: 1")
                    : FaultyProxy.Fault.NONE);
            final long before = System.nanoTime();
            assertThat(Files.size(places.path("s3://data/large.bin"))).isEqualTo(large.length);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        }
    }

    @Test
    void aServerThatStaysBusyEndsInASentence() {
        try (Places places = places(Room.NONE, "places.attempts = 3")) {
            proxy.meet(number -> FaultyProxy.Fault.SLOW_DOWN);
            assertThatThrownBy(() -> Files.readAllBytes(places.path("s3://data/large.bin"))).isInstanceOf(PlaceException.class)
                    .hasMessageContaining("503 SlowDown (3 attempts)");
            assertThat(proxy.requests()).isEqualTo(3);
        }
    }

    @Test
    void aCopyIsReadAgainCheckedAndMadeRoomFor(@TempDir Path folder) throws IOException {
        final String[] settings = {"places.cache.folder = \"" + folder + "\"", "places.cache.bytes = 24MiB"};
        try (Places places = places(Room.NONE, settings)) {
            assertThat(Files.readAllBytes(places.path("s3://data/large.bin"))).isEqualTo(large);
        }
        proxy.meet(number -> FaultyProxy.Fault.NONE);
        try (Places places = places(Room.NONE, settings)) { // as after a restart
            final Path pinned = Places.pinned(places.path("s3://data/large.bin"));
            assertThat(proxy.requests()).isEqualTo(1);
            assertThat(Files.readAllBytes(pinned)).isEqualTo(large);
            try (FileChannel copy = Places.copy(pinned).orElseThrow()) {
                assertThat(copy.size()).isEqualTo(large.length);
            }
            assertThat(proxy.requests()).as("requests for a copy that is there").isEqualTo(1);
        }
        try (Places places = places(Room.NONE, settings)) {
            final Path pinned = Places.pinned(places.path("s3://data/large.bin"));
            try (FileChannel copy = FileChannel.open(copies(folder).getFirst(), java.nio.file.StandardOpenOption.WRITE)) {
                copy.write(ByteBuffer.wrap(new byte[]{1, 2, 3}), 5_000_000);
            }
            assertThat(Files.readAllBytes(pinned)).as("after damage on the disk").isEqualTo(large);
            server.put("data", "next.bin", part(0, 7 << 20));
            server.put("data", "third.bin", part(5, (8 << 20) + 5));
            assertThat(Files.readAllBytes(places.path("s3://data/next.bin"))).isEqualTo(part(0, 7 << 20));
            assertThat(Files.readAllBytes(places.path("s3://data/third.bin"))).isEqualTo(part(5, (8 << 20) + 5));
            long bytes = 0;
            for (final Path copy : copies(folder))
                bytes += Files.size(copy);
            assertThat(bytes).isEqualTo(15 << 20); // the first one made room
            server.put("data", "next.bin", new byte[]{9});
            assertThat(Files.readAllBytes(places.path("s3://data/next.bin"))).containsExactly(9);
        }
    }

    private static List<Path> copies(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void whatIsFetchedAheadStaysWithinItsRoomAndIsGivenBack() throws IOException {
        final AtomicLong held = new AtomicLong();
        final AtomicLong most = new AtomicLong();
        final AtomicInteger granted = new AtomicInteger();
        final long room = 3 << 20;
        final Room budget = bytes -> {
            if (held.addAndGet(bytes) > room) {
                held.addAndGet(-bytes);
                return Optional.empty();
            }
            granted.incrementAndGet();
            most.accumulateAndGet(held.get(), Math::max);
            return Optional.of(() -> held.addAndGet(-bytes));
        };
        try (Places places = places(budget)) {
            assertThat(Files.newInputStream(places.path("s3://data/large.bin")).readAllBytes()).isEqualTo(large);
            final InputStream left = Files.newInputStream(places.path("s3://data/large.bin"));
            left.readNBytes(500_000);
            left.close();
        }
        org.awaitility.Awaitility.await().untilAsserted(() -> assertThat(held).hasValue(0));
        assertThat(granted.get()).isGreaterThan(2);
        assertThat(most.get()).isLessThanOrEqualTo(room);
    }
}
