package retort.evaluator.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.trainer.learn.Pictures;
import retort.trainer.model.VitShape;

class ReconstructionPictureTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void showsEveryImageInFourRowsWithItsOwnValues(int channels) throws Exception {
        final VitShape shape = new VitShape(4, 2, channels, 8, 1, 1);
        final Pictures pictures = new Pictures(pixels(2, channels, 10), pixels(2, channels, 100), pixels(2, channels, 200));

        final SuitePicture picture = ReconstructionPicture.of(pictures, shape, new long[]{7, 5});

        assertThat(picture.sampleIds()).containsExactly(7L, 5L);
        assertThat(picture.rows()).containsExactly("original", "masked", "reconstruction", "difference");
        final BufferedImage image = image(picture);
        assertThat(image.getWidth()).isEqualTo(2 * (96 + 4) + 4);
        assertThat(image.getHeight()).isEqualTo(4 * (96 + 4) + 4);
        assertThat(image.getRaster().getNumBands()).isEqualTo(channels);
        for (int c = 0; c < channels; c++) {
            assertThat(image.getRaster().getSample(0, 0, c)).isEqualTo(255);
            assertThat(sample(image, 0, 0, 0, 0, c)).isEqualTo(10 + c);
            assertThat(sample(image, 0, 1, 3, 2, c)).isEqualTo(10 + value(1, 3, 2, c, channels));
            assertThat(sample(image, 1, 1, 0, 1, c)).isEqualTo(100 + value(1, 0, 1, c, channels));
            assertThat(sample(image, 2, 0, 2, 3, c)).isEqualTo((200 + value(0, 2, 3, c, channels)) & 0xFF);
            assertThat(sample(image, 3, 0, 0, 0, c)).as("|200 - 10|").isEqualTo(190);
        }
    }

    @Test
    void imagesUpTo128PixelsKeepTheirSizeAndLargerOnesAreReducedToMeans() throws Exception {
        final byte[] pixels = new byte[256 * 256];
        for (int i = 0; i < pixels.length; i++)
            pixels[i] = (byte) (i % 2 == 0 ? 100 : 200);

        assertThat(picture(128, 1, new byte[128 * 128]).width()).isEqualTo(128 + 8);
        final BufferedImage image = image(picture(256, 1, pixels));

        assertThat(image.getWidth()).isEqualTo(128 + 8);
        assertThat(image.getRaster().getSample(4 + 3, 4 + 5, 0)).isEqualTo(150);
    }

    /** Noise does not compress, so 64 images of 112 x 112 in colour are some 9 MB. */
    @Test
    void showsFewerImagesWhereTheFileWouldBeTooLargeForARecord() throws Exception {
        final byte[] noise = new byte[64 * 112 * 112 * 3];
        new Random(1).nextBytes(noise);

        final SuitePicture picture = picture(112, 3, noise);

        assertThat(picture.png().length).isLessThanOrEqualTo(SuitePicture.MOST_BYTES);
        assertThat(picture.sampleIds()).hasSizeBetween(2, 40).startsWith(0L, 1L);
        assertThat(image(picture).getWidth()).isEqualTo(picture.width()).isEqualTo(picture.sampleIds().size() * (112 + 4) + 4);
    }

    private static SuitePicture picture(int side, int channels, byte[] pixels) {
        return ReconstructionPicture.of(new Pictures(pixels, pixels, pixels), new VitShape(side, 16, channels, 8, 1, 1),
                LongStream.range(0, pixels.length / (side * side * channels)).toArray());
    }

    private static BufferedImage image(SuitePicture picture) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(picture.png()));
    }

    private static byte[] pixels(int count, int channels, int first) {
        final byte[] pixels = new byte[count * 16 * channels];
        IntStream.range(0, pixels.length).forEach(i -> pixels[i] = (byte) (first + i));
        return pixels;
    }

    private static int value(int image, int y, int x, int channel, int channels) {
        return ((image * 4 + y) * 4 + x) * channels + channel;
    }

    /** The sample in the middle of a pixel that was enlarged 24 times. */
    private static int sample(BufferedImage image, int row, int n, int y, int x, int channel) {
        return image.getRaster().getSample(4 + n * 100 + x * 24 + 12, 4 + row * 100 + y * 24 + 12, channel);
    }
}
