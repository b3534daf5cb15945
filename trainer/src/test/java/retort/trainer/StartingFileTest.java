package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import retort.trainer.pipeline.RunException;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;
import retort.trainer.weights.WeightsException;

/** A run names the file or the stream that it cannot begin with. On a real broker. */
class StartingFileTest extends RealTraining {
    private static final String SHAPE = ", teacher-model = {width = 24, depth = 2, heads = 2, patch = 4}";

    @Test
    void anotherEpsilonOrActivationIsRefusedUntilItIsAllowed() throws IOException {
        final Path file = teacher();
        final Path config = checkpoints.resolve("config.json");
        Files.writeString(config, "{\"hidden_size\": 24, \"num_attention_heads\": 2, \"layer_norm_eps\": 1e-12}");

        assertThatThrownBy(() -> train(Training.finetune("run", "file:" + file, 1, ""))).isInstanceOf(RunException.class)
                .hasMessageContaining("whose norms have an epsilon of 1.0E-12")
                .hasMessageContaining("add \"epsilon\" to init-allow");
        train(Training.finetune("run", "file:" + file, 1, ", init-allow = [epsilon]"));
        Files.writeString(config, "{\"hidden_size\": 24, \"num_attention_heads\": 4, \"layer_norm_eps\": 1e-6}");
        assertThatThrownBy(() -> train(Training.finetune("heads", "file:" + file, 1, ""))).isInstanceOf(RunException.class)
                .hasMessageContaining("of 2 heads and starts from").hasMessageContaining("heads = 4");
        Files.writeString(config, "{\"hidden_size\": 24, \"hidden_act\": \"quick_gelu\"}");
        assertThatThrownBy(() -> train(Training.finetune("clip", "file:" + file, 1, ""))).isInstanceOf(WeightsException.class)
                .hasMessageContaining("its MLPs have the activation quick-gelu");

        assertThat(last("run").state().step()).isEqualTo(1);
    }

    @Test
    void brokenTensorsAreNamedBeforeTheFirstStep() throws IOException {
        final Map<String, HostTensor> tensors = new HashMap<>(SafeTensors.read(teacher()));
        final Path file = checkpoints.resolve("broken.safetensors");
        for (final float value : new float[]{Float.NaN, Float.NEGATIVE_INFINITY}) {
            final float[] bias = new float[24];
            bias[5] = value;
            tensors.put("blocks.1.norm2.bias", HostTensor.ofFloats(bias, 24));
            SafeTensors.write(file, tensors, Map.of());
            for (final String run : new String[]{Training.finetune("run", "file:" + file, 1, ""),
                    Training.distill("run", "file:" + file, 1, SHAPE + ", teacher-blocks = [1], student-blocks = [1]")})
                assertThatThrownBy(() -> train(run)).isInstanceOf(WeightsException.class)
                        .hasMessageContaining("NaN or infinity: blocks.1.norm2.bias at element 5")
                        .hasMessageContaining("take an earlier one");
        }
        tensors.put("blocks.1.norm2.bias", new HostTensor(DType.I64, new long[]{24}, ByteBuffer.allocate(24 * 8)));
        SafeTensors.write(file, tensors, Map.of());

        assertThatThrownBy(() -> train(Training.finetune("run", "file:" + file, 1, ""))).isInstanceOf(WeightsException.class)
                .hasMessageContaining("blocks.1.norm2.bias holds I64");
    }

    @Test
    void aTeacherOfOtherPatchesAndABatchLargerThanTheStreamAreNamed() throws IOException {
        final Path file = teacher();
        SmallStream.create(broker, "short").publish(2).complete();

        assertThatThrownBy(() -> train(Training.distill("run", "file:" + file, 1, SHAPE + ", model.patch = 8")))
                .isInstanceOf(RunException.class)
                .hasMessageContaining(
                        "the teacher cuts patches of 4 px and the model patches of 8 px: set model = {width, depth, heads, patch = 4}");
        assertThatThrownBy(() -> train(Training.pretrain("large", 3, ", stream = short, batch = 11")))
                .isInstanceOf(RunException.class)
                .hasMessage(
                        "stream short has ended before the first step of run large: it holds fewer than the 11 images of a batch, 23 an"
                                + " epoch; set a smaller batch, or publish more epochs of it (ingest.epochs)");
    }

    /** The table is part of the weights that the identity of the run has, so the way in which it is resized is too. */
    @Test
    void aTeacherOfAnotherImageSideIsResizedInTheWayThatIsAskedFor() throws IOException {
        final Map<String, HostTensor> tensors = new HashMap<>(SafeTensors.read(teacher()));
        final float[] table = new float[(1 + 3 * 3) * 24];
        for (int i = 0; i < table.length; i++)
            table[i] = i % 7;
        tensors.put("pos_embed", HostTensor.ofFloats(table, 1, 10, 24));
        final Path file = checkpoints.resolve("smaller.safetensors");
        SafeTensors.write(file, tensors, Map.of());

        for (final String way : new String[]{"mae", "timm"})
            train(Training.distill(way, "file:" + file, 1, SHAPE.replace("}", ", positions = " + way + "}")));

        assertThat(teacherOf("mae")).startsWith("sha256:").isNotEqualTo(teacherOf("timm"));
    }

    private String teacherOf(String run) {
        return String.valueOf(last(run).state().identity().settings().get("teacher"));
    }

    private Path teacher() throws IOException {
        SmallStream.create(broker, "train").publish(20);
        train(Training.pretrain("teacher", 1, ""));
        return Files.copy(last("teacher").weightsFile(), checkpoints.resolve("teacher.safetensors"));
    }
}
