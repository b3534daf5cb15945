package retort.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.bucket.EmbeddedS3;
import retort.bucket.FaultyProxy;
import retort.ingest.source.tar.TarBytes;
import retort.kafka.BatchRecord;

/** Streams shards from a bucket over a bad line, in processes that are killed. {@code -Dkills=20} gives the long form. */
class BucketStreamTest {
    private static final int KILLS = Integer.getInteger("kills", 3);
    private static final int SHARDS = 5;
    private static final int PER_SHARD = 1000;
    private static final int PER_RECORD = 10;
    private static final long LAST = SHARDS * PER_SHARD / PER_RECORD - 1;

    @TempDir
    Path disk;

    @Test
    void everySequenceComesOnceWithTheSamePixelsOverABadLine() throws Exception {
        final long seed = Long.getLong("kill.seed", System.nanoTime());
        final Random random = new Random(seed);
        final Streams fromDisk = Streams.fresh();
        final Streams fromBucket = Streams.fresh();
        final AtomicInteger faults = new AtomicInteger();
        int killed = 0;
        try (EmbeddedS3 server = EmbeddedS3.open("shards"); FaultyProxy proxy = FaultyProxy.before(server.endpoint())) {
            for (int shard = 0; shard < SHARDS; shard++) {
                final byte[] tar = shard(shard);
                Files.write(disk.resolve("s-%d.tar".formatted(shard)), tar);
                server.put("shards", "a b/s-%d.tar".formatted(shard), tar);
            }
            final Process plain = start(fromDisk, "webdataset:" + disk + "/s-{0..4}.tar");
            final String said = IngestProcess.ending(plain);
            assertThat(plain.waitFor()).as(said).isZero();

            proxy.meet(number -> {
                final int draw;
                final int bytes;
                synchronized (random) {
                    draw = random.nextInt(400);
                    bytes = random.nextInt(4000);
                }
                if (draw > 3)
                    return FaultyProxy.Fault.NONE;
                faults.incrementAndGet();
                return draw < 2 ? FaultyProxy.Fault.cutAfter(bytes) : FaultyProxy.Fault.SLOW_DOWN;
            });
            final String source = "webdataset:s3://shards/a b/s-*.tar";
            for (int i = 0; i < KILLS; i++) {
                final Process process = start(fromBucket, source, "places.s3.endpoint=\"" + proxy.endpoint() + "\"");
                if (i % 3 == 2)
                    process.waitFor(random.nextInt(3000), TimeUnit.MILLISECONDS);
                else if (IngestProcess.publishes(process))
                    process.waitFor(random.nextInt(1000), TimeUnit.MILLISECONDS);
                if (process.isAlive())
                    killed++;
                process.destroyForcibly().waitFor();
            }
            final Process last = start(fromBucket, source, "places.s3.endpoint=\"" + proxy.endpoint() + "\"");
            final String end = IngestProcess.ending(last);
            assertThat(last.waitFor()).as("seed %d: %s", seed, end).isZero();
        }
        assertThat(faults.get() + killed).as("faults and kills, seed %d", seed).isGreaterThanOrEqualTo(30);
        assertThat(fromBucket.committed("train", LAST)).as("seed %d", seed).hasSize(SHARDS * PER_SHARD / PER_RECORD);
        assertThat(fromBucket.ids("train", LAST)).as("seed %d", seed)
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, SHARDS * PER_SHARD).boxed().toList());
        final List<BatchRecord> expected = fromDisk.read("train", LAST);
        final List<BatchRecord> found = fromBucket.read("train", LAST);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i).batch().sampleIds()).as("seed %d", seed).isEqualTo(expected.get(i).batch().sampleIds());
            assertThat(found.get(i).batch().labels()).isEqualTo(expected.get(i).batch().labels());
            assertThat(found.get(i).batch().pixels()).as("pixels, seed %d", seed).isEqualTo(expected.get(i).batch().pixels());
        }
    }

    private static byte[] shard(int shard) throws IOException {
        final Random colours = new Random(shard);
        final TarBytes tar = new TarBytes();
        for (int i = 0; i < PER_SHARD; i++) {
            final BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_3BYTE_BGR);
            for (int pixel = 0; pixel < 64; pixel++)
                image.setRGB(pixel % 8, pixel / 8, colours.nextInt(1 << 24));
            final ByteArrayOutputStream png = new ByteArrayOutputStream();
            ImageIO.write(image, "png", png);
            tar.file("%d%04d.png".formatted(shard, i), png.toByteArray()).file("%d%04d.cls".formatted(shard, i), "" + i % 7);
        }
        return tar.end();
    }

    private static Process start(Streams streams, String source, String... more) throws IOException {
        final List<String> settings = new ArrayList<>(List.of("ingest.streams=[train]", "ingest.epochs=1",
                "ingest.source=\"" + source + "\"", "ingest.image=8", "ingest.images-per-record=" + PER_RECORD,
                "ingest.max-ahead=" + SHARDS * PER_SHARD, "ingest.transaction.records=3", "ingest.threads=4",
                "places.s3.anonymous=true"));
        settings.addAll(List.of(more));
        return IngestProcess.start(streams, "128m", settings);
    }
}
