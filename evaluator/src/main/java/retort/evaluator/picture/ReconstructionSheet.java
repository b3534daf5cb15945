package retort.evaluator.picture;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import retort.trainer.learn.Pictures;

/** A PNG of three rows: images as they were, with their hidden patches blanked, and with the model's guess in their place. */
public final class ReconstructionSheet {
    /** Small images are enlarged, each pixel to a square, until they are about this wide. */
    private static final int COMFORTABLE = 112;
    private static final int GAP = 4;
    private static final int PAPER = 0xFFFFFF;

    private ReconstructionSheet() {
    }

    /**
     * @param pictures (N, side, side, channels) each
     * @param channels 1 or 3
     */
    public static void write(Path png, Pictures pictures, int side, int channels) throws IOException {
        if (!ImageIO.write(draw(pictures, side, channels), "png", png.toFile()))
            throw new IOException("no PNG writer in this Java");
    }

    static BufferedImage draw(Pictures pictures, int side, int channels) {
        final int count = pictures.original().length / (side * side * channels);
        final int scale = Math.max(1, COMFORTABLE / side);
        final int cell = side * scale + GAP;
        final BufferedImage sheet = new BufferedImage(count * cell + GAP, 3 * cell + GAP, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < sheet.getHeight(); y++)
            for (int x = 0; x < sheet.getWidth(); x++)
                sheet.setRGB(x, y, PAPER);
        final byte[][] rows = {pictures.original(), pictures.masked(), pictures.reconstructed()};
        for (int row = 0; row < rows.length; row++)
            for (int n = 0; n < count; n++)
                paint(sheet, GAP + n * cell, GAP + row * cell, scale, rows[row], n * side * side * channels, side, channels);
        return sheet;
    }

    private static void paint(BufferedImage sheet, int left, int top, int scale, byte[] pixels, int from, int side,
            int channels) {
        for (int y = 0; y < side * scale; y++)
            for (int x = 0; x < side * scale; x++) {
                final int at = from + (y / scale * side + x / scale) * channels;
                final int red = pixels[at] & 0xFF;
                final int rgb = channels == 1
                        ? red * 0x010101
                        : red << 16 | (pixels[at + 1] & 0xFF) << 8 | pixels[at + 2] & 0xFF;
                sheet.setRGB(left + x, top + y, rgb);
            }
    }
}
