package retort.evaluator.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.trainer.learn.Pictures;
import retort.trainer.model.VitShape;

class ReconstructionPictureTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void showsEveryImageInThreeRowsWithItsOwnValues(int channels) throws Exception {
        final VitShape shape = new VitShape(4, 2, channels, 8, 1, 1);
        final Pictures pictures = new Pictures(pixels(2, channels, 10), pixels(2, channels, 100), pixels(2, channels, 200));
        final Path png = directory.resolve("new/picture.png");

        ReconstructionPicture.write(png, pictures, shape);

        final BufferedImage image = ImageIO.read(png.toFile());
        assertThat(image.getWidth()).isEqualTo(2 * (96 + 4) + 4);
        assertThat(image.getHeight()).isEqualTo(3 * (96 + 4) + 4);
        assertThat(image.getRaster().getNumBands()).isEqualTo(channels);
        for (int c = 0; c < channels; c++) {
            assertThat(image.getRaster().getSample(0, 0, c)).isEqualTo(255);
            assertThat(sample(image, 0, 0, 0, 0, c)).isEqualTo(10 + c);
            assertThat(sample(image, 0, 1, 3, 2, c)).isEqualTo(10 + value(1, 3, 2, c, channels));
            assertThat(sample(image, 1, 1, 0, 1, c)).isEqualTo(100 + value(1, 0, 1, c, channels));
            assertThat(sample(image, 2, 0, 2, 3, c)).isEqualTo((200 + value(0, 2, 3, c, channels)) & 0xFF);
        }
    }

    @Test
    void largeImagesKeepTheirSize() {
        final VitShape shape = new VitShape(128, 16, 1, 8, 1, 1);
        final byte[] pixels = new byte[128 * 128];

        final BufferedImage image = ReconstructionPicture.draw(new Pictures(pixels, pixels, pixels), shape);

        assertThat(image.getWidth()).isEqualTo(128 + 8);
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
