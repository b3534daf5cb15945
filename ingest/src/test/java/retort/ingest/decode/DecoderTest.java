package retort.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import retort.ingest.decode.DecodeSettings.Library;
import retort.ingest.golden.Tensors;
import retort.random.CounterRandom;

class DecoderTest {
    private static final List<Path> IMAGES = Stream.concat(Decoding.files("/golden/images").stream(),
            Decoding.files("/formats").stream()).toList();

    private static final List<String> LOSSY_WEBP = List.of("lossy.webp", "alpha.webp", "animated.webp");

    @Test
    void decodesEveryFormatAsPillowDoes() throws Exception {
        final Tensors expected = Tensors.read(IMAGES.getLast().resolveSibling("pillow.safetensors"));
        for (final Library library : List.of(Library.AUTO, Library.IMAGEIO))
            try (Decoder decoder = Decoding.decoder(library, 1 << 20)) {
                for (final Path file : Decoding.files("/formats")) {
                    final byte[] want = expected.bytes(String.valueOf(file.getFileName()));
                    final byte[] got = Decoding.whole(decoder, Files.readAllBytes(file));
                    if (LOSSY_WEBP.contains(String.valueOf(file.getFileName()))
                            && (library == Library.IMAGEIO || LibWebp.find().isEmpty())) // only libwebp smooths chroma
                        assertThat(meanDifference(got, want)).as("%s", file.getFileName()).isLessThan(2.5);
                    else
                        assertThat(got).as("%s by %s", file.getFileName(), library).isEqualTo(want);
                }
            }
    }

    @Test
    void bothDecodersGiveTheSamePixelsOfAnyRegion() throws Exception {
        try (Decoder turbo = Decoding.decoder(Library.AUTO, 1 << 20);
                Decoder plain = Decoding.decoder(Library.IMAGEIO, 1 << 20)) {
            final CounterRandom random = CounterRandom.of(1, "regions", 0, 0);
            for (final Path file : IMAGES) {
                final byte[] bytes = Files.readAllBytes(file);
                if (!readable(turbo, bytes) || LOSSY_WEBP.contains(String.valueOf(file.getFileName())))
                    continue;
                for (int i = 0; i < 5; i++) {
                    final Region region = region(turbo.header(bytes), random);
                    assertThat(Decoding.region(turbo, bytes, region)).as("%s, %s", file.getFileName(), region)
                            .isEqualTo(Decoding.region(plain, bytes, region));
                }
            }
        }
    }

    @Test
    void damagedFilesAreRejectedOrDecodedAndNothingElse() throws Exception {
        int rejected = 0;
        int decoded = 0;
        for (final Library library : List.of(Library.AUTO, Library.IMAGEIO))
            try (Decoder decoder = Decoding.decoder(library, 1 << 19)) {
                final CounterRandom random = CounterRandom.of(2, "damage", 0, 0);
                for (final Path file : IMAGES) {
                    final byte[] whole = Files.readAllBytes(file);
                    for (int i = 0; i < 40 && whole.length > 0; i++)
                        if (readable(decoder, damaged(whole, random)))
                            decoded++;
                        else
                            rejected++;
                }
            }
        assertThat(rejected).isPositive();
        assertThat(decoded).isPositive();
    }

    @Test
    void everyTruncationIsRejected() throws Exception {
        for (final Library library : List.of(Library.AUTO, Library.IMAGEIO))
            try (Decoder decoder = Decoding.decoder(library, 1 << 20)) {
                for (final Path file : IMAGES) {
                    final byte[] whole = Files.readAllBytes(file);
                    if (!readable(decoder, whole) || file.endsWith("animated.gif")) // its first frame may be whole, as for Pillow
                        continue;
                    for (int tenths = 0; tenths < 10; tenths++) {
                        final byte[] cut = Arrays.copyOf(whole, whole.length * tenths / 10);
                        assertThatThrownBy(() -> Decoding.whole(decoder, cut))
                                .as("%s cut at %d of %d", file.getFileName(), cut.length, whole.length)
                                .isInstanceOf(RejectedImageException.class);
                    }
                }
            }
    }

    @Test
    void refusesABombFromItsHeader() throws IOException {
        final Path png = IMAGES.stream().filter(file -> file.endsWith("rgb16-70x50.png")).findFirst().orElseThrow();
        final byte[] bomb = Files.readAllBytes(png);
        Arrays.fill(bomb, 17, 20, (byte) 0xFF); // the width: 16,777,215
        try (Decoder decoder = Decoding.decoder(Library.AUTO, 40_000_000)) {
            assertThatThrownBy(() -> decoder.header(bomb)).isInstanceOf(RejectedImageException.class)
                    .hasMessage("16777215x50 is 838860750 pixels, more than ingest.decode.max-pixels = 40000000");
        }
    }

    /** Pillow 13.0 enlarges the canvas for such a frame, and reads one without a palette as grey; ImageIO gave other pixels, silently. */
    @Test
    void refusesGifsWhosePixelsDependOnTheReader() throws Exception {
        try (Decoder decoder = Decoding.decoder(Library.AUTO, 1 << 20)) {
            assertThatThrownBy(() -> decoder.header(gif(4, 4, true))).isInstanceOf(RejectedImageException.class)
                    .hasMessage("GIF whose first frame is 8x6 at 4, 4 on a canvas of 8x6");
            assertThatThrownBy(() -> decoder.header(gif(0, 0, false))).isInstanceOf(RejectedImageException.class)
                    .hasMessage("GIF without a palette");
            assertThat(decoder.header(gif(0, 0, true)).width()).isEqualTo(8);
        }
    }

    /** A GIF of 8x6 pixels up to its first frame, behind a comment. */
    private static byte[] gif(int left, int top, boolean palette) {
        final ByteBuffer gif = ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN);
        gif.put("GIF89a".getBytes(StandardCharsets.US_ASCII)).putShort((short) 8).putShort((short) 6);
        gif.put((byte) (palette ? 0xF1 : 0x71)).putShort((short) 0).put(new byte[palette ? 12 : 0]);
        gif.put(new byte[]{0x21, (byte) 0xFE, 2, ',', ',', 1, ',', 0});
        return gif.put((byte) ',').putShort((short) left).putShort((short) top).putShort((short) 8).putShort((short) 6)
                .put((byte) 0)
                .array();
    }

    private static double meanDifference(byte[] a, byte[] b) {
        assertThat(a).hasSameSizeAs(b);
        long sum = 0;
        for (int i = 0; i < a.length; i++)
            sum += Math.abs((a[i] & 0xFF) - (b[i] & 0xFF));
        return (double) sum / a.length;
    }

    private static boolean readable(Decoder decoder, byte[] bytes) {
        try {
            Decoding.whole(decoder, bytes);
            return true;
        } catch (RejectedImageException e) {
            assertThat(e.getMessage()).isNotBlank();
            return false;
        }
    }

    private static byte[] damaged(byte[] whole, CounterRandom random) {
        final byte[] bytes = random.nextInt(4) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
        for (int flips = random.nextInt(4); flips >= 0 && bytes.length > 0; flips--) {
            // Half of the damage goes to the headers, because damage there has the most different effects.
            final int at = random.nextInt(random.nextInt(2) == 0 ? bytes.length : Math.min(bytes.length, 700));
            bytes[at] = (byte) random.nextInt();
        }
        return bytes;
    }

    private static Region region(ImageHeader header, CounterRandom random) {
        final int width = 1 + random.nextInt(header.width());
        final int height = 1 + random.nextInt(header.height());
        return new Region(random.nextInt(header.width() - width + 1), random.nextInt(header.height() - height + 1), width,
                height);
    }
}
