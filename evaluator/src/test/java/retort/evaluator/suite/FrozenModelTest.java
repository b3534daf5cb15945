package retort.evaluator.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.digest.FileDigest;
import retort.trainer.images.ImageBlock;
import retort.trainer.images.ImagePosition;
import retort.random.CounterRandom;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.record.Stream;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Initialization;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.VitShape;
import retort.trainer.weights.SafeTensors;

class FrozenModelTest {
    private static final VitShape SHAPE = new VitShape(12, 3, 3, 16, 1, 2);
    private static final int IMAGE_BYTES = 12 * 12 * 3;

    @TempDir
    static Path directory;
    private static Engine engine;
    private static FrozenModel model;

    @BeforeAll
    static void open() {
        engine = Engine.start(new EngineSettings("cpu", 1));
        final List<Parameter> parameters = new ArrayList<>(Parameters.encoder(SHAPE));
        parameters.addAll(Parameters.decoder(SHAPE, new DecoderShape(8, 1, 2)));
        final Path file = directory.resolve("weights.safetensors");
        final FileDigest digest = SafeTensors.write(file, Initialization.draw(parameters, 3), Map.of());
        model = Objects.requireNonNull(
                FrozenModel.open(engine, retort.place.Places.standard(), checkpoint(file, digest), stream()).block());
    }

    @AfterAll
    static void close() {
        model.close().block();
        engine.close();
    }

    @Test
    void masksDependOnTheSeedAndTheSampleAlone() {
        final double[] together = losses(0, 11, 12, 13);
        final double[] otherwise = losses(0, 13, 11);

        assertThat(otherwise[0]).isCloseTo(together[2], within(1e-6));
        assertThat(otherwise[1]).isCloseTo(together[0], within(1e-6));
        assertThat(losses(1, 11)[0]).isNotCloseTo(together[0], within(1e-4));
    }

    @Test
    void sameImagesUnderOtherIdsAreMaskedOtherwise() {
        final double[] losses = Objects
                .requireNonNull(model.reconstructionLosses(block(new long[]{5, 6}, new long[]{5, 5}), 0).block());

        assertThat(losses[0]).isNotCloseTo(losses[1], within(1e-4));
    }

    @Test
    void featuresOfAnImageDoNotDependOnItsNeighbours() {
        final float[] together = Objects.requireNonNull(model.of(block(11, 12)).block()).rows();
        final float[] alone = Objects.requireNonNull(model.of(block(12)).block()).rows();

        assertThat(together).hasSize(2 * SHAPE.width());
        for (int i = 0; i < alone.length; i++)
            assertThat(alone[i]).isCloseTo(together[SHAPE.width() + i], within(1e-5f));
    }

    private static double[] losses(long seed, long... ids) {
        return Objects.requireNonNull(model.reconstructionLosses(block(ids), seed).block());
    }

    private static ImageBlock block(long... ids) {
        return block(ids, ids);
    }

    /** @param contents a number for each image, which decides its pixels */
    private static ImageBlock block(long[] ids, long[] contents) {
        final ByteBuffer pixels = ByteBuffer.allocateDirect(ids.length * IMAGE_BYTES);
        for (final long content : contents) {
            final CounterRandom random = CounterRandom.of(1, "pixels", 0, content);
            for (int i = 0; i < IMAGE_BYTES; i++)
                pixels.put((byte) random.nextInt(256));
        }
        return new ImageBlock(pixels.flip(), ids, new int[ids.length], ImagePosition.at(0));
    }

    private static CheckpointReady checkpoint(Path file, FileDigest digest) {
        return CheckpointReady.newBuilder().setRun("run").setStep(0).setSteps(1).setStream("train")
                .setUri(file.toUri().toString())
                .setSha256(digest.sha256()).setBytes(digest.bytes()).setObjective("pretrain").setNormPix(true).setMaskRatio(0.75)
                .setNextSequence(0).setAt(Instant.EPOCH)
                .setArchitecture(Architecture.newBuilder().setImage(SHAPE.image()).setPatch(SHAPE.patch())
                        .setChannels(SHAPE.channels()).setWidth(SHAPE.width()).setDepth(SHAPE.depth()).setHeads(SHAPE.heads())
                        .setDecoderWidth(8).setDecoderDepth(1).setDecoderHeads(2).build())
                .build();
    }

    private static Stream stream() {
        return Stream.newBuilder().setName("val").setSource("test").setRecipe("none").setSeed(0).setChannels(3).setHeight(12)
                .setWidth(12).setMean(List.of(0.5, 0.4, 0.3)).setStd(List.of(0.2, 0.3, 0.2)).setClassNames(List.of())
                .setImagesPerRecord(5).setPartitions(1).setSettingsHash("").setCreatedAt(Instant.EPOCH).build();
    }
}
