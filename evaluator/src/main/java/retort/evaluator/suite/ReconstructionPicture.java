package retort.evaluator.suite;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import retort.trainer.learn.Pictures;
import retort.trainer.model.VitShape;

/**
 * A PNG with one column for each image and four rows: the original, the visible patches, the reconstruction, and the difference, which is
 * the absolute distance of reconstruction and original (black where they are equal). Images below 96 pixels are enlarged and images above
 * 128 pixels are reduced by a whole factor, so that the file stays small.
 */
final class ReconstructionPicture {
    private static final int GAP = 4;
    private static final int LEAST_SIDE = 96;
    private static final int MOST_SIDE = 128;
    private static final int WHITE = 255;

    private ReconstructionPicture() {
    }

    /**
     * Draws as many of the images as {@link SuitePicture#MOST_BYTES} allows, from the first one on.
     *
     * @param pictures images of the shape's side and channels
     * @param sampleIds id of each image
     */
    static SuitePicture of(Pictures pictures, VitShape shape, long[] sampleIds) {
        final Map<String, byte[]> rows = rows(pictures);
        int count = sampleIds.length;
        BufferedImage image = draw(rows, shape, count);
        byte[] png = png(image);
        while (png.length > SuitePicture.MOST_BYTES && count > 1) {
            count = Math.min(count - 1, Math.max(1, (int) ((long) count * SuitePicture.MOST_BYTES / png.length)));
            image = draw(rows, shape, count);
            png = png(image);
        }
        return new SuitePicture(png, image.getWidth(), image.getHeight(),
                LongStream.of(sampleIds).limit(count).boxed().toList(), List.copyOf(rows.keySet()));
    }

    private static Map<String, byte[]> rows(Pictures pictures) {
        final byte[] difference = new byte[pictures.original().length];
        for (int i = 0; i < difference.length; i++)
            difference[i] = (byte) Math.abs((pictures.original()[i] & 0xFF) - (pictures.reconstructed()[i] & 0xFF));
        final Map<String, byte[]> rows = new LinkedHashMap<>();
        rows.put("original", pictures.original());
        rows.put("masked", pictures.masked());
        rows.put("reconstruction", pictures.reconstructed());
        rows.put("difference", difference);
        return rows;
    }

    private static byte[] png(BufferedImage image) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "png", bytes))
                throw new IllegalStateException("this JVM writes no PNG");
        } catch (IOException e) {
            throw new UncheckedIOException("a picture could not be encoded", e);
        }
        return bytes.toByteArray();
    }

    private static BufferedImage draw(Map<String, byte[]> rows, VitShape shape, int count) {
        final Scale scale = Scale.of(shape.image());
        final int cell = scale.side(shape.image()) + GAP;
        final BufferedImage image = new BufferedImage(count * cell + GAP, rows.size() * cell + GAP,
                shape.channels() == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
        final WritableRaster raster = image.getRaster(); // not setRGB, because it would apply a gamma to grey samples
        for (int band = 0; band < raster.getNumBands(); band++)
            raster.setSamples(0, 0, image.getWidth(), image.getHeight(), band, white(image));
        int top = GAP;
        for (final byte[] row : rows.values()) {
            for (int n = 0; n < count; n++)
                paint(raster, row, shape, n, GAP + n * cell, top, scale);
            top += cell;
        }
        return image;
    }

    private static int[] white(BufferedImage image) {
        final int[] samples = new int[image.getWidth() * image.getHeight()];
        Arrays.fill(samples, WHITE);
        return samples;
    }

    /** Paints image {@code n} with its upper left corner at (left, top). */
    private static void paint(WritableRaster raster, byte[] pixels, VitShape shape, int n, int left, int top, Scale scale) {
        final int side = scale.side(shape.image());
        for (int y = 0; y < side; y++)
            for (int x = 0; x < side; x++)
                for (int c = 0; c < shape.channels(); c++)
                    raster.setSample(left + x, top + y, c, scale.sample(pixels, shape, n, y, x, c));
    }

    /** Whole factors: one pixel becomes {@code larger} squared ones, or the mean of {@code smaller} squared ones becomes one. */
    private record Scale(int larger, int smaller) {
        static Scale of(int side) {
            return new Scale(Math.max(1, Math.ceilDiv(LEAST_SIDE, side)), Math.ceilDiv(side, MOST_SIDE));
        }

        int side(int side) {
            return side * larger / smaller;
        }

        int sample(byte[] pixels, VitShape shape, int n, int y, int x, int channel) {
            int sum = 0;
            for (int dy = 0; dy < smaller; dy++)
                for (int dx = 0; dx < smaller; dx++) {
                    final int row = n * shape.image() + y / larger * smaller + dy;
                    sum += pixels[(row * shape.image() + x / larger * smaller + dx) * shape.channels() + channel] & 0xFF;
                }
            return (sum + smaller * smaller / 2) / (smaller * smaller);
        }
    }
}
