package retort.evaluator.suite;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import retort.file.WholeFile;
import retort.trainer.learn.Pictures;
import retort.trainer.model.VitShape;

/**
 * A PNG with one column for each image and three rows: the original, the visible patches, and the reconstruction. Images below 96
 * pixels are enlarged by a whole factor.
 */
final class ReconstructionPicture {
    private static final int GAP = 4;
    private static final int LEAST_SIDE = 96;
    private static final int WHITE = 255;

    private ReconstructionPicture() {
    }

    /** Writes the file and creates its folder. Blocks. @throws IOException if that fails; the message names the file */
    static void write(Path png, Pictures pictures, VitShape shape) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(draw(pictures, shape), "png", bytes))
            throw new IOException(png + ": this JVM writes no PNG");
        WholeFile.write(png, bytes.toByteArray());
    }

    static BufferedImage draw(Pictures pictures, VitShape shape) {
        final List<byte[]> rows = List.of(pictures.original(), pictures.masked(), pictures.reconstructed());
        final int scale = Math.max(1, Math.ceilDiv(LEAST_SIDE, shape.image()));
        final int cell = shape.image() * scale + GAP;
        final int count = pictures.original().length / (shape.image() * shape.image() * shape.channels());
        final BufferedImage image = new BufferedImage(count * cell + GAP, rows.size() * cell + GAP,
                shape.channels() == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
        final WritableRaster raster = image.getRaster(); // not setRGB, because it would apply a gamma to grey samples
        for (int band = 0; band < raster.getNumBands(); band++)
            raster.setSamples(0, 0, image.getWidth(), image.getHeight(), band, white(image));
        for (int row = 0; row < rows.size(); row++)
            for (int n = 0; n < count; n++)
                paint(raster, rows.get(row), shape, n, GAP + n * cell, GAP + row * cell, scale);
        return image;
    }

    private static int[] white(BufferedImage image) {
        final int[] samples = new int[image.getWidth() * image.getHeight()];
        Arrays.fill(samples, WHITE);
        return samples;
    }

    /** Paints image {@code n} with its upper left corner at (left, top). */
    private static void paint(WritableRaster raster, byte[] pixels, VitShape shape, int n, int left, int top, int scale) {
        final int side = shape.image();
        for (int y = 0; y < side * scale; y++)
            for (int x = 0; x < side * scale; x++)
                for (int c = 0; c < shape.channels(); c++) {
                    final int pixel = (n * side + y / scale) * side + x / scale;
                    raster.setSample(left + x, top + y, c, pixels[pixel * shape.channels() + c] & 0xFF);
                }
    }
}
