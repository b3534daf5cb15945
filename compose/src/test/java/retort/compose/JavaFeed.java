package retort.compose;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The twin of {@code soak/feed.py}, for machines without a Python client of Kafka. It has the same arguments and images. */
final class JavaFeed {
    private JavaFeed() {
    }

    public static void main(String[] arguments) throws Exception {
        final Random random = new Random(Long.parseLong(arguments[3]));
        final long end = System.nanoTime() + Math.round(Double.parseDouble(arguments[2]) * 1e9);
        final AtomicInteger failed = new AtomicInteger();
        final Map<String, Object> properties = Map.of("bootstrap.servers", arguments[0], "enable.idempotence", true,
                "delivery.timeout.ms", Integer.MAX_VALUE, "max.block.ms", Integer.MAX_VALUE, "request.timeout.ms", 10_000);
        try (PrintWriter acknowledged = new PrintWriter(Files.newBufferedWriter(Path.of(arguments[4])), true);
                var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            long change = System.nanoTime();
            int rate = 1;
            for (long number = 0; System.nanoTime() < end; number++) {
                if (System.nanoTime() >= change) {
                    rate = 1 + random.nextInt(50);
                    change += 1_000_000_000;
                }
                final long sent = number;
                final var _ = producer.send(
                        new ProducerRecord<>(arguments[1], null, ("image-" + number).getBytes(StandardCharsets.UTF_8),
                                png(number, random), List.of(new RecordHeader("label",
                                        Long.toString(number % 10).getBytes(StandardCharsets.UTF_8)))),
                        (metadata, error) -> {
                            if (error == null)
                                acknowledged.println(sent);
                            else
                                failed.incrementAndGet();
                        });
                Thread.sleep(1000 / rate);
            }
        }
        System.exit(failed.get() == 0 ? 0 : 1);
    }

    /** A grey image of 8x8 pixels: the number, then noise. */
    static byte[] png(long number, Random random) throws IOException {
        final byte[] pixels = new byte[64];
        random.nextBytes(pixels);
        ByteBuffer.wrap(pixels).putLong(number);
        final BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, 8, 8, pixels);
        final ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }
}
