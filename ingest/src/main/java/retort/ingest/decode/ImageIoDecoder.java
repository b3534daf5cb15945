package retort.ingest.decode;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** The JDK's own decoders. Confined to one thread at a time. */
final class ImageIoDecoder {
    PixelRows decode(byte[] bytes, ImageHeader header) throws RejectedImageException {
        final BufferedImage image;
        try {
            image = ImageIO.read(new ByteArrayInputStream(bytes));
        } catch (IOException | RuntimeException e) {
            throw new RejectedImageException("corrupt " + header.format() + ": " + e.getMessage(), e);
        }
        if (image == null)
            throw new RejectedImageException("no decoder for this " + header.format());
        final int[] argb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        final byte[] rgb = new byte[argb.length * 3];
        for (int i = 0; i < argb.length; i++) {
            rgb[i * 3] = (byte) (argb[i] >> 16);
            rgb[i * 3 + 1] = (byte) (argb[i] >> 8);
            rgb[i * 3 + 2] = (byte) argb[i];
        }
        return new ArrayRows(rgb, 0, image.getWidth(), image.getHeight(), 3);
    }
}
