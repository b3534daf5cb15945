package retort.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import retort.digest.FileDigest;
import retort.digest.Sha256;

class SafeTensorsTest {
    @TempDir
    Path directory;

    @Test
    void readsBackWhatItWrote() {
        final Path file = directory.resolve("w.safetensors");

        SafeTensors.write(file, weights(), Map.of("run", "a \"quoted\" näme"));

        final Map<String, HostTensor> read = SafeTensors.read(file);
        assertThat(read).containsOnlyKeys(weights().keySet());
        weights().forEach((name, tensor) -> {
            assertThat(read.get(name).dtype()).isEqualTo(tensor.dtype());
            assertThat(read.get(name).shape()).isEqualTo(tensor.shape());
            assertThat(read.get(name).view()).isEqualTo(tensor.view());
        });
        assertThat(SafeTensors.metadata(file)).containsExactly(Map.entry("run", "a \"quoted\" näme"));
    }

    @Test
    void writesTheSameBytesWhateverTheOrderOfTheMap() throws IOException {
        final Path one = directory.resolve("one");
        final Path two = directory.resolve("two");

        final FileDigest digest = SafeTensors.write(one, weights(), Map.of("a", "1", "b", "2"));
        SafeTensors.write(two, new TreeMap<>(weights()).descendingMap(), new TreeMap<>(Map.of("b", "2", "a", "1")));

        assertThat(one).hasSameBinaryContentAs(two);
        assertThat(digest).isEqualTo(Sha256.of(two));
    }

    @Test
    void alignsEveryTensorToItsElement() {
        final Path file = directory.resolve("w.safetensors");
        SafeTensors.write(file, weights(), Map.of());

        SafeTensors.read(file).values().forEach(tensor -> assertThat(
                tensor.view().alignmentOffset(0, tensor.dtype().bytes())).isZero());
    }

    @Test
    void hashesWeightsByNameAndNotByFile() {
        final Map<String, HostTensor> weights = weights();

        assertThat(WeightsDigest.of(new TreeMap<>(weights).descendingMap())).isEqualTo(WeightsDigest.of(weights))
                .isEqualTo(Sha256.of(allBytes(new TreeMap<>(weights))));
    }

    @Test
    void readsATensorBeyondTwoGibibytes() throws IOException {
        final Path file = directory.resolve("sparse.safetensors");
        final long gap = 1L << 30;
        final String header = """
                {"a":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]},\
                "b":{"dtype":"U8","shape":[%d],"data_offsets":[%d,%d]},\
                "c":{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]}}""".formatted(gap, gap, gap, gap, 2 * gap, 2 * gap,
                2 * gap + 4);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length()).array());
            sparse.write(header.getBytes(StandardCharsets.UTF_8));
            sparse.seek(8 + header.length() + 2 * gap);
            sparse.write(new byte[]{0, 0, (byte) 0x80, 0x3f});
        }

        assertThat(SafeTensors.read(file).get("c").floats()).containsExactly(1f);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 7 | cut short",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 9 | the data at 9",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | begins at byte 4, not at 0",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}} | 6 | tensor b begins at byte 2",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}} | 8 | does not take the 8 bytes",
            "{\"a\":{\"dtype\":\"F7\",\"shape\":[2],\"data_offsets\":[0,8]}} | 8 | has dtype F7",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1,-2],\"data_offsets\":[0,8]}} | 8 | shape of tensor a holds a negative number",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}} | 0 | impossible shape",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,0]}} | 0 | not sound JSON",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,0]}} | 0 | whole numbers",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | Duplicate",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}} | 4 | lacks dtype, shape",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"run\":\"me\"}} | 4 | unknown field run",
            "{\"a\":[[[[[[1]]]]]]} | 0 | not described by an object",
            "[] | 0 | not a JSON object", "{} {} | 0 | goes on after", "{\"a\": | 0 | not sound JSON"})
    void refusesADeceivingHeader(String header, int dataBytes, String complaint) throws IOException {
        final Path file = directory.resolve("bad.safetensors");
        final byte[] json = header.strip().getBytes(StandardCharsets.UTF_8);
        Files.write(file, ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length)
                .put(json).array());

        assertThatThrownBy(() -> SafeTensors.read(file)).isInstanceOf(WeightsException.class)
                .hasMessageContaining("bad.safetensors").hasMessageContaining(complaint);
    }

    @ParameterizedTest
    @CsvSource({"-1", "9223372036854775807", "100", "0"})
    void refusesAnImpossibleHeaderLength(long length) throws IOException {
        final Path file = directory.resolve("bad.safetensors");
        Files.write(file, ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());

        assertThatThrownBy(() -> SafeTensors.read(file)).isInstanceOf(WeightsException.class)
                .hasMessageContaining(Long.toUnsignedString(length));
    }

    @Test
    void answersDamageWithDataOrAnOrdinaryError() throws IOException {
        final Path good = directory.resolve("good.safetensors");
        SafeTensors.write(good, weights(), Map.of("k", "v"));
        final byte[] whole = Files.readAllBytes(good);
        final SplittableRandom random = new SplittableRandom(7);
        int refused = 0;
        for (int round = 0; round < 1000; round++) {
            final Path bad = Files.write(directory.resolve("bad" + round), Damage.of(whole, random));
            try {
                SafeTensors.read(bad);
            } catch (WeightsException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(250, 1000);
    }

    private static Map<String, HostTensor> weights() {
        final Map<String, HostTensor> weights = new LinkedHashMap<>();
        weights.put("blocks.0.attn.qkv.weight", HostTensor.ofFloats(new float[]{1, 2, 3, 4, 5, 6}, 2, 3));
        weights.put("flags", new HostTensor(DType.BOOL, new long[]{3}, ByteBuffer.wrap(new byte[]{1, 0, 1})));
        weights.put("empty", HostTensor.ofFloats(new float[0], 0, 5));
        weights.put("scalar", new HostTensor(DType.I64, new long[0], ByteBuffer.allocateDirect(8)));
        weights.put("half", new HostTensor(DType.BF16, new long[]{1}, ByteBuffer.wrap(new byte[]{9, 8})));
        return weights;
    }

    private static byte[] allBytes(Map<String, HostTensor> inOrder) {
        final ByteBuffer all = ByteBuffer.allocate(inOrder.values().stream().mapToInt(t -> t.data().limit()).sum());
        inOrder.values().forEach(tensor -> all.put(tensor.view()));
        return all.array();
    }
}
