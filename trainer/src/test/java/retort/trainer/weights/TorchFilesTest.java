package retort.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads files of torch 2.7.1 and of trainers, created by torch-files/make.py. Each holds a tensor {@code w} with the values 0 to 5. */
class TorchFilesTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"zip-protocol-2.pth", "zip-protocol-3.pth", "zip-protocol-4.pth", "zip-protocol-5.pth",
            "legacy-protocol-1.pth", "legacy-protocol-2.pth", "legacy-protocol-3.pth", "legacy-protocol-4.pth",
            "legacy-protocol-5.pth", "beside-safe.pth", "beside-common.pth", "attributes.pth", "nobody-asks.pth",
            "nobody-asks-legacy.pth", "nobody-asks.safetensors", "ema.pth", "model-ema.pth", "timm-order.pth", "dino.pth",
            "rezipped.pth", "rezipped-stored.pth", "rezipped-rootless.pth", "model.safetensors.index.json",
            "pytorch_model.bin.index.json"})
    void readsTheWeightsWhateverIsBesideThem(String name) {
        assertIsW(WeightsFile.read(file(name)).get("w"));
    }

    @Test
    void readsTensorsThatHaveAttributes() {
        final Map<String, HostTensor> read = WeightsFile.read(file("attributes.pth"));

        assertThat(read).containsOnlyKeys("w", "w2", "w3", "w4");
        read.values().forEach(TorchFilesTest::assertIsW);
    }

    @Test
    void keepsTensorsThatNobodyAsksForAndLeavesAsideWhatIsNone() {
        final Map<String, HostTensor> read = WeightsFile.read(file("nobody-asks.pth"));

        assertThat(read).containsKeys("w", "complex", "complex128", "uint16", "uint64", "float8", "float8b", "int")
                .doesNotContainKeys("none", "number", "name", "dict", "quantised", "complex32");
        assertThat(read.get("uint16").dtype()).isEqualTo(DType.U16);
        assertThat(read.get("float8").dtype()).isEqualTo(DType.F8_E4M3);
        assertThat(read.get("uint64").shape()).containsExactly(2);
    }

    @Test
    void namesATensorWhoseTypeIsNoWeights() {
        final Map<String, HostTensor> read = WeightsFile.read(file("nobody-asks.pth"));

        for (final String name : List.of("complex", "uint16", "float8", "int"))
            assertThatThrownBy(() -> StateDictFit.of(Map.of(name, read.get(name)), Map.of(name, new long[]{2}))
                    .orRefuse("x.pth", "the teacher", "allow")).isInstanceOf(WeightsException.class)
                    .hasMessageContaining(name + " holds " + read.get(name).dtype())
                    .hasMessageContaining("F32, F64, F16 or BF16");
    }

    @ParameterizedTest
    @CsvSource({"ema.pth,state_dict_ema,state_dict", "model-ema.pth,model_ema,model", "timm-order.pth,state_dict,model",
            "dino.pth,teacher,student"})
    void saysWhichOfSeveralModelsItTookAndTakesTheOneThatIsNamed(String name, String taken, String other) {
        final WeightsFile.Content preferred = WeightsFile.open(file(name), Optional.empty());
        final WeightsFile.Content named = WeightsFile.open(file(name), Optional.of(other));

        assertIsW(preferred.tensors().get("w"));
        assertThat(preferred.notes()).singleElement().asString().contains(taken, other, "it took " + taken, "file:PATH#NAME");
        assertThat(named.isChosen()).isTrue();
        assertThat(named.tensors().get("w").floats()).containsOnly(0f);
    }

    @Test
    void unpacksNoMoreThanWeightsCanTake() {
        assertThatThrownBy(() -> WeightsFile.read(file("bomb.pth"))).isInstanceOf(WeightsException.class)
                .hasMessageContaining("is compressed more than weights can be");
    }

    @Test
    void refusesAnIndexThatItsShardsDoNotFit() {
        assertThatThrownBy(() -> WeightsFile.read(file("lacking.safetensors.index.json"))).isInstanceOf(WeightsException.class)
                .hasMessageContaining("tensor gone is not in zip-protocol-2.pth");
        assertThatThrownBy(() -> WeightsFile.read(file("leading-out.safetensors.index.json")))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("is no name of a file beside it");
    }

    @Test
    void namesEveryTensorThatHoldsNanOrInfinity() {
        final Map<String, HostTensor> given = Map.of("a", HostTensor.ofFloats(new float[]{0, Float.NaN}, 2), "b",
                HostTensor.ofFloats(new float[]{Float.NEGATIVE_INFINITY, 0}, 2), "c", HostTensor.ofFloats(new float[2], 2));

        assertThatThrownBy(() -> StateDictFit.of(given, Map.of("a", new long[]{2}, "b", new long[]{2}, "c", new long[]{2}))
                .orRefuse("x.pth", "the teacher", "allow")).isInstanceOf(WeightsException.class)
                .hasMessageContaining("a at element 1, b at element 0").hasMessageContaining("NaN or infinity");
    }

    private static void assertIsW(HostTensor tensor) {
        assertThat(tensor).isNotNull();
        assertThat(tensor.shape()).containsExactly(2, 3);
        assertThat(tensor.floats()).containsExactly(0, 1, 2, 3, 4, 5);
    }

    private static Path file(String name) {
        try {
            return Path.of(TorchFilesTest.class.getResource("/torch-files/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first bytes are those of real files of these kinds. */
    @ParameterizedTest
    @CsvSource({"47475546030000000000,a GGUF file of llama.cpp", "894844460d0a1a0a0000,an HDF5 file of Keras",
            "934e554d505901007600,a numpy array", "1f8b0800000000000003,compressed by gzip: unpack it first",
            "76657273696f6e2068747470733a2f2f6769742d6c66732e6769746875622e636f6d,a pointer of Git LFS"})
    void namesAFileOfAnotherProgram(String bytes, String kind) throws IOException {
        final Path file = Files.write(directory.resolve("weights.bin"), java.util.HexFormat.of().parseHex(bytes));

        assertThatThrownBy(() -> WeightsFile.read(file)).isInstanceOf(WeightsException.class)
                .hasMessageContaining("neither safetensors nor what torch.save writes; it is " + kind);
    }
}
