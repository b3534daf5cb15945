package retort.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are made to exhaust, confuse or mislead a reader, and harmless files that only look odd. */
@Timeout(60)
class HostileTorchFileTest {
    @TempDir
    Path directory;

    @Test
    void readsATensorWhateverDeviceItWasOn() throws IOException {
        for (final String device : new String[]{"cpu", "cuda:7", "meta"})
            assertThat(read(tensor("FloatStorage", device, "K\4", "K\0", "K\4\u0085", "K\1\u0085")).get("w").shape())
                    .containsExactly(4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "WordStorage  | K4  | K0          | (K4t       | (K1t       | which is neither a tensor nor plain data; nothing was run",
            "FloatStorage | K4  | K1          | (K4t       | (K1t       | is a view up to element 4 of storage 0, which holds 4",
            "FloatStorage | K4  | K0          | (K4t       | (J-1t      | has the stride -1",
            "FloatStorage | K4  | L9223372036854775807L; | (K4t | (K1t | has the offset 9223372036854775807",
            "FloatStorage | K4  | L4611686018427387903L; | (K4t | (K1t | is a view up to element",
            "FloatStorage | K4  | K0          | (L4611686018427387903L;K4t | (K0K1t | is an impossible view",
            "FloatStorage | K4  | K0          | (L1073741824L;K4t | (K0K1t | has 4294967296 elements; one tensor may have 2 GiB",
            "FloatStorage | K4  | K0          | (L100000000L;t | (K0t | repeats its storage more often than any weight does",
            "FloatStorage | K4  | K0          | (K2K2t     | (K1t       | has 2 sizes and 1 strides",
            "FloatStorage | K4  | K0          | K4         | (K1t       | has a whole number as its size",
            "FloatStorage | K9  | K0          | (K4t       | (K1t       | of 16 bytes, which should have 36",
            "FloatStorage | L1152921504606846976L; | K0 | (K4t   | (K1t  | is said to hold 1152921504606846976 elements",
            "FloatStorage | J-1 | K0          | (K4t       | (K1t       | is said to hold -1 elements"})
    void refusesImpossibleViews(String storage, String elements, String offset, String shape, String strides, String message) {
        assertThatThrownBy(
                () -> read(tensor(storage, "cpu", opcodes(elements), opcodes(offset), opcodes(shape), opcodes(strides))))
                .isInstanceOf(WeightsException.class).hasMessageContaining(message);
    }

    @Test
    void refusesReferencesOfAnOddShape() {
        for (final String id : new String[]{"N", ")", text("0"), "(" + text("storage") + "t", "]", "}",
                "(" + text("storage") + "ctorch\nFloatStorage\nK\0" + text("cpu") + "K\4t",
                "(" + text("module") + "ctorch\nFloatStorage\n" + text("0") + text("cpu") + "K\4t"})
            assertThatThrownBy(() -> read("}" + text("w") + view(id + "Q", "K\0", "K\4\u0085", "K\1\u0085") + "s.")).as(id)
                    .isInstanceOf(WeightsException.class).hasMessageContaining("refers to something outside that is no storage");
    }

    @Test
    void doesNotFollowWhatIsNestedWithoutEnd() throws IOException {
        final String deep = "}" + text("w") + ")" + "\u0085".repeat(400_000) + "s.";
        assertThatThrownBy(() -> read(deep)).hasMessageContaining("tensor w: is a tuple, not a tensor");
        final String loop = "}q\0" + text("model") + "h\0s.";
        assertThatThrownBy(() -> read(loop)).isInstanceOf(WeightsException.class).hasMessageContaining("not a tensor");
        final String parameters = "}" + text("w") + "ctorch._utils\n_rebuild_parameter\n(".repeat(10_000) + "N"
                + "\u0089NtR".repeat(10_000) + "s.";
        assertThatThrownBy(() -> read(parameters)).hasMessageContaining("is a parameter of no tensor");
        final String laughs = "}" + text("w") + "]" + "q\0]h\0ah\0a".repeat(60) + "s."; // 2^60 items if all references were followed
        assertThatThrownBy(() -> read(laughs)).isInstanceOf(WeightsException.class);
    }

    @Test
    void believesNoLength() {
        assertThatThrownBy(() -> read("\u008b\u00ff\u00ff\u00ff\u007f."))
                .hasMessageContaining("2147483647 more bytes were expected");
        assertThatThrownBy(() -> read("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f."))
                .hasMessageContaining("were expected");
        assertThatThrownBy(() -> read("\u0096\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff."))
                .hasMessageContaining("were expected");
        assertThatThrownBy(() -> read("\u008b\0\1\0\0" + "x".repeat(256) + ".")).hasMessageContaining("a number of 256 bytes");
        assertThatThrownBy(() -> read("X\0\0\u0090\0" + "x".repeat(9 << 20) + "."))
                .hasMessageContaining("more than 8 MiB of text");
    }

    @Test
    void aStateMayBeGivenToNothingButAnObject() {
        for (final String target : new String[]{"N", "K\1", ")", "]", text("x"), "ctorch\nFloatStorage\n"})
            assertThatThrownBy(() -> read(target + "}b.")).as(target).isInstanceOf(WeightsException.class)
                    .hasMessageContaining("a state, a dictionary, given to");
    }

    @Test
    void refusesAnArchiveThatPlaysTricks() throws IOException {
        final byte[] good = archive(tensor("FloatStorage", "cpu", "K\4", "K\0", "K\4\u0085", "K\1\u0085"), "little");
        assertThatThrownBy(() -> open(archive("}.", "big"))).hasMessageContaining("big-endian machine");

        final byte[] encrypted = good.clone();
        encrypted[central(good, 1) + 8] |= 1;
        assertThatThrownBy(() -> open(encrypted)).hasMessageContaining("is encrypted");
        final byte[] compressed = good.clone();
        compressed[central(good, 1) + 10] = 8;
        assertThatThrownBy(() -> open(compressed)).hasMessageContaining("is compressed");
        final byte[] twice = new String(good, StandardCharsets.ISO_8859_1).replace("m/data/0", "m/data.pk")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> open(twice)).isInstanceOf(WeightsException.class);
        final byte[] out = new String(good, StandardCharsets.ISO_8859_1).replace("m/data/0", "../../up")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> open(out)).hasMessageContaining("leads out of the archive");
        final byte[] overlapping = good.clone(); // the directory names the pickle's header as the storage's header
        System.arraycopy(good, central(good, 0) + 42, overlapping, central(good, 1) + 42, 4);
        assertThatThrownBy(() -> open(overlapping)).isInstanceOf(WeightsException.class);
        final byte[] wide = good.clone(); // a size that only a zip64 field can hold, but the field is missing
        Arrays.fill(wide, central(good, 1) + 20, central(good, 1) + 28, (byte) 0xff);
        assertThatThrownBy(() -> open(wide)).hasMessageContaining("lies outside of the file");
    }

    @Test
    void answersADamagedDirectoryWithDataOrAnOrdinaryError() throws IOException {
        final byte[] good = archive(tensor("FloatStorage", "cpu", "K\4", "K\0", "K\4\u0085", "K\1\u0085"), "little");
        final SplittableRandom random = new SplittableRandom(4);
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            final byte[] bad = good.clone();
            for (int flips = random.nextInt(1, 5); flips > 0; flips--)
                bad[random.nextInt(central(good, 0), bad.length)] = (byte) random.nextInt();
            try {
                open(bad).values().forEach(HostTensor::view);
            } catch (WeightsException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1500, 3000);
    }

    @Test
    void answersADamagedSafetensorsFileWithDataOrAnOrdinaryError() throws IOException {
        final Path good = directory.resolve("good.safetensors");
        SafeTensors.write(good,
                Map.of("a", HostTensor.ofFloats(new float[6], 2, 3), "b", HostTensor.ofFloats(new float[0], 0, 9)),
                Map.of("k", "v"));
        final byte[] whole = Files.readAllBytes(good);
        final SplittableRandom random = new SplittableRandom(5);
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            final Path bad = Files.write(directory.resolve("bad" + round), Damage.of(whole, random));
            try {
                WeightsFile.read(bad).values().forEach(HostTensor::view);
            } catch (WeightsException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1000, 3000);
    }

    private Map<String, HostTensor> read(String pickle) throws IOException {
        return open(archive(pickle, "little"));
    }

    private Map<String, HostTensor> open(byte[] archive) throws IOException {
        return WeightsFile.read(Files.write(directory.resolve("w" + System.nanoTime() + ".pth"), archive));
    }

    /** A dictionary with one tensor, {@code w}, in a storage of four floats. Numbers, shape and strides are given as opcodes. */
    private static String tensor(String storage, String device, String elements, String offset, String shape, String strides) {
        final String id = "(" + text("storage") + "ctorch\n" + storage + "\n" + text("0") + text(device) + elements + "tQ";
        return "}" + text("w") + view(id, offset, shape, strides) + "s.";
    }

    private static String view(String reference, String offset, String shape, String strides) {
        return "ctorch._utils\n_rebuild_tensor_v2\n(" + reference + offset + shape + strides + "\u0089}tR";
    }

    /** Translates readable opcodes: K4 is a number of one byte, J-1 one of four bytes, L...L; one in digits. */
    private static String opcodes(String readable) {
        final StringBuilder all = new StringBuilder();
        for (int i = 0; i < readable.length(); i++)
            switch (readable.charAt(i)) {
                case 'K' -> all.append('K').append((char) (readable.charAt(++i) - '0'));
                case 'J' -> {
                    all.append("J\u00ff\u00ff\u00ff\u00ff");
                    i += 2;
                }
                case ';' -> all.append('\n');
                default -> all.append(readable.charAt(i));
            }
        return all.toString();
    }

    private static String text(String text) {
        return "X" + (char) text.length() + "\0\0\0" + text;
    }

    private static byte[] archive(String pickle, String order) throws IOException {
        final Map<String, byte[]> records = new LinkedHashMap<>();
        records.put("m/data.pkl", ("\u0080\2" + pickle).getBytes(StandardCharsets.ISO_8859_1));
        records.put("m/data/0", new byte[16]);
        records.put("m/byteorder", order.getBytes(StandardCharsets.US_ASCII));
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (final Map.Entry<String, byte[]> each : records.entrySet()) {
                final CRC32 crc = new CRC32();
                crc.update(each.getValue());
                final ZipEntry entry = new ZipEntry(each.getKey());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(each.getValue().length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(each.getValue());
            }
        }
        return bytes.toByteArray();
    }

    /** The position of the nth entry of the directory. */
    private static int central(byte[] archive, int n) {
        final String text = new String(archive, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("PK\1\2");
        for (int i = 0; i < n; i++)
            at = text.indexOf("PK\1\2", at + 1);
        return at;
    }
}
