package retort.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.URISyntaxException;
import java.nio.DoubleBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;

/** Compares with timm 1.0.31 on torch 2.7.1 (encoders/make.py). GoldenTest holds the way of MAE. */
class PositionGridTest {
    @ParameterizedTest
    @CsvSource({"5,3", "4,7", "16,14", "37,16"})
    void resizesAsTimm(int from, int to) throws URISyntaxException {
        final Map<String, HostTensor> golden = SafeTensors
                .read(Path.of(PositionGridTest.class.getResource("/encoders/positions.safetensors").toURI()));
        final String name = from + "-" + to;

        final HostTensor resized = PositionGrid.resize(golden.get(name + ".table"), to, PositionGrid.Way.TIMM);

        final HostTensor expected = golden.get(name + ".timm");
        assertThat(resized.shape()).isEqualTo(expected.shape());
        final float[] values = resized.floats();
        final DoubleBuffer doubles = expected.view().asDoubleBuffer();
        for (final float value : values)
            assertThat((double) value).isEqualTo(doubles.get(), within(4e-6)); // timm interpolates in float32
    }
}
