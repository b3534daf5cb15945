package retort.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import retort.trainer.golden.GoldenSet;

/** Compares real files of {@code torch.save} with the tensors that they hold. */
class GoldenCheckpointTest {
    @TestFactory
    Stream<DynamicTest> readsEveryTensorBitForBit() {
        return GoldenSet.ofKind("checkpoint").stream().map(set -> DynamicTest.dynamicTest(set.name(), () -> {
            final Map<String, HostTensor> expected = SafeTensors.read(set.file(set.json().required("tensors").asText()));
            long compared = 0;
            for (final JsonNode file : set.json().required("files"))
                compared += compare(set, file, expected);
            set.passed(compared, 0);
        }));
    }

    @Test
    void looksOnlyAtTheTensorsThatAreWanted() {
        for (final GoldenSet set : GoldenSet.ofKind("checkpoint"))
            for (final JsonNode file : set.json().required("files")) {
                final String wanted = (file.has("keys") ? file : set.json()).required("keys").get(0).asText();
                assertThat(WeightsFile.read(set.file(file.required("file").asText()), wanted::equals)).containsOnlyKeys(wanted);
            }
    }

    private static long compare(GoldenSet set, JsonNode file, Map<String, HostTensor> expected) {
        final Path path = set.file(file.required("file").asText());
        final Map<String, HostTensor> read = WeightsFile.read(path);
        final Set<String> keys = new LinkedHashSet<>();
        (file.has("keys") ? file : set.json()).required("keys").forEach(key -> keys.add(key.asText()));
        assertThat(read.keySet()).as(path.toString()).containsExactlyElementsOf(keys);
        long compared = 0;
        for (final String key : keys) {
            final HostTensor tensor = widened(read.get(key));
            final HostTensor wanted = expected.get(set.json().required("key_prefix_in_tensors").asText() + key);
            assertThat(tensor.shape()).as(key).isEqualTo(wanted.shape());
            assertThat(tensor.dtype()).as(key).isEqualTo(wanted.dtype());
            assertThat(tensor.view()).as(key).isEqualTo(wanted.view());
            compared += tensor.elements();
        }
        return compared;
    }

    /** Converts bfloat16 to float32, because the reference holds bfloat16 as the float32 of the same value. */
    private static HostTensor widened(HostTensor tensor) {
        if (tensor.dtype() != DType.BF16)
            return tensor;
        final ByteBuffer wide = ByteBuffer.allocate(tensor.data().limit() * 2).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < tensor.elements(); i++)
            wide.putInt(tensor.view().getShort(2 * i) << 16);
        return new HostTensor(DType.F32, tensor.shape(), wide.flip());
    }
}
