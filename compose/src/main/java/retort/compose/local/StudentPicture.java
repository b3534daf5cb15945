package retort.compose.local;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import retort.codec.EventCodec;
import retort.codec.ImageBatchView;
import retort.evaluator.images.PixelBlock;
import retort.evaluator.picture.ReconstructionSheet;
import retort.evaluator.suite.FrozenModel;
import retort.kafka.EventReader;
import retort.kafka.KafkaSettings;
import retort.kafka.StreamPosition;
import retort.kafka.StreamReader;
import retort.kafka.Topics;
import retort.record.CheckpointReady;
import retort.record.Stream;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.engine.Engine;

/** What the final student makes of the first validation images, as a PNG. Blocks the calling thread. */
final class StudentPicture {
    private static final int IMAGES = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private StudentPicture() {
    }

    static void write(Path png, Config config, Engine engine, Checkpoint student) throws IOException {
        final KafkaSettings kafka = KafkaSettings.from(config);
        final Topics topics = new Topics(config.getString("topics.prefix"));
        final String key = student.state().run() + "/" + student.state().step();
        final CheckpointReady checkpoint = one(
                EventReader.table(kafka, topics.checkpoints(), EventCodec.of(CheckpointReady.class),
                        (k, where, reason) -> {
                        }, PATIENCE),
                key);
        final Stream val = one(EventReader.table(kafka, topics.streams(), EventCodec.of(Stream.class), (k, where, reason) -> {
        }, PATIENCE), config.getString("evaluator.streams.val"));
        final PixelBlock block = first(StreamReader.read(kafka, topics, val, StreamPosition.START, OptionalLong.empty(), 4 << 20,
                "local-picture").next().blockOptional(PATIENCE).orElseThrow().batch());
        final FrozenModel model = FrozenModel.open(engine, checkpoint, student.weightsFile(), val).blockOptional(PATIENCE)
                .orElseThrow();
        try {
            ReconstructionSheet.write(png,
                    model.pictures(block, config.getLong("evaluator.reconstruction.mask-seed")).blockOptional(PATIENCE)
                            .orElseThrow(),
                    val.getHeight(), val.getChannels());
        } finally {
            model.close().block(PATIENCE);
        }
    }

    private static PixelBlock first(ImageBatchView batch) {
        final int count = Math.min(IMAGES, batch.count());
        final ByteBuffer pixels = ByteBuffer.allocateDirect(count * batch.imageBytes());
        pixels.put(batch.pixels().duplicate().limit(batch.pixels().position() + count * batch.imageBytes())).flip();
        return new PixelBlock(pixels, Arrays.copyOf(batch.labels(), count), Arrays.copyOf(batch.sampleIds(), count));
    }

    private static <T> T one(Map<String, T> table, String key) throws IOException {
        final T found = table.get(key);
        if (found == null)
            throw new IOException("nothing is published under " + key);
        return found;
    }
}
