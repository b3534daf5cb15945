package retort.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares BMPs of every header version, depth and compression with Pillow 13.0. The BMPs are written byte by byte. {@code bmp/pillow.txt}
 * holds the files and the pixels of {@code Image.open(file).convert("RGB")}, or {@code -} if Pillow refuses the file.
 */
class BmpTest {
    static Stream<Arguments> variants() throws Exception {
        return lines().stream().map(line -> line.split(" ")).map(line -> Arguments.of(line[0], line[1], line[2]));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("variants")
    void pixelsAreThoseOfPillowOrTheFileIsRefused(String name, String file, String pixels) throws Exception {
        final byte[] bmp = Base64.getDecoder().decode(file);
        try (Decoder decoder = Decoding.decoder(DecodeSettings.Library.AUTO, 40_000_000)) {
            if (pixels.equals("-")) {
                assertThatThrownBy(() -> Decoding.whole(decoder, bmp)).isInstanceOf(RejectedImageException.class);
                return;
            }
            final byte[] expected = Base64.getDecoder().decode(pixels);
            assertThat(Decoding.whole(decoder, bmp)).isEqualTo(expected);
            final ImageHeader header = decoder.header(bmp);
            final Region part = new Region(1, 2, header.width() - 2, header.height() - 3);
            final byte[] crop = Decoding.region(decoder, bmp, part);
            for (int y = 0; y < part.height(); y++)
                assertThat(Arrays.copyOfRange(crop, y * part.width() * 3, (y + 1) * part.width() * 3))
                        .isEqualTo(Arrays.copyOfRange(
                                expected, ((y + 2) * header.width() + 1) * 3, ((y + 2) * header.width() + 1 + part.width()) * 3));
        }
    }

    @Test
    void anyDamageIsARefusalOrPixels() throws Exception {
        final Random random = new Random(3);
        final List<String> lines = lines();
        try (Decoder decoder = Decoding.decoder(DecodeSettings.Library.AUTO, 1_000_000)) {
            for (int round = 0; round < 20_000; round++) {
                final byte[] bmp = Base64.getDecoder().decode(lines.get(random.nextInt(lines.size())).split(" ")[1]);
                final byte[] damaged = Arrays.copyOf(bmp, random.nextInt(4) == 0 ? random.nextInt(bmp.length) + 1 : bmp.length);
                for (int i = random.nextInt(4); i > 0; i--)
                    damaged[random.nextInt(Math.min(damaged.length, 80))] = (byte) random.nextInt(256);
                try {
                    Decoding.whole(decoder, damaged);
                } catch (RejectedImageException refused) {
                    assertThat(refused).hasMessageNotContaining("null");
                }
            }
        }
    }

    private static List<String> lines() throws Exception {
        return Files.readAllLines(Path.of(Objects.requireNonNull(BmpTest.class.getResource("/bmp/pillow.txt")).toURI())).stream()
                .filter(line -> !line.startsWith("#")).toList();
    }
}
