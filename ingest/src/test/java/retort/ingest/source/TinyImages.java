package retort.ingest.source;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Real images of a few pixels. Each number gives a different image. */
public final class TinyImages {
    private TinyImages() {
    }

    public static byte[] jpeg(int number) {
        return encode(number, "jpeg");
    }

    public static byte[] png(int number) {
        return encode(number, "png");
    }

    private static byte[] encode(int number, String format) {
        final BufferedImage image = new BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 6; y++)
            for (int x = 0; x < 8; x++)
                image.setRGB(x, y, number * 0x10307 + x * 0x1f00 + y * 0x25);
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
