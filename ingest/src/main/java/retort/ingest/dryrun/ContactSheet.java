package retort.ingest.dryrun;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import retort.codec.ImageBatchView;
import retort.codec.UndecodableException;
import retort.file.WholeFile;
import retort.ingest.recipe.RecipeSettings;

/** A PNG of the first images of a dry run, eight a row, in the order in which they are added. Confined to one thread at a time. */
final class ContactSheet {
    private static final int COLUMNS = 8;
    private static final int MOST = 64;
    private static final int GAP = 2;

    private final int side;
    private final int channels;
    private final List<ByteBuffer> images = new ArrayList<>();

    ContactSheet(RecipeSettings recipe) {
        this.side = recipe.image();
        this.channels = recipe.channels();
    }

    /**
     * Adds the images of a record until the sheet is full. Keeps copies of their pixels, so the record is free afterwards.
     *
     * @param record an encoded ImageBatch
     */
    void add(byte[] record) {
        if (images.size() == MOST)
            return;
        final ImageBatchView batch = view(record);
        for (int i = 0; i < batch.count() && images.size() < MOST; i++) {
            final byte[] pixels = new byte[batch.imageBytes()];
            batch.pixels().duplicate().position(i * pixels.length).get(pixels);
            images.add(ByteBuffer.wrap(pixels));
        }
    }

    private static ImageBatchView view(byte[] record) {
        try {
            return ImageBatchView.of(record);
        } catch (UndecodableException e) {
            throw new IllegalStateException(e); // this process has encoded it
        }
    }

    /**
     * Writes the sheet as a PNG.
     *
     * @return false if there are no images; then no file is written
     */
    boolean write(Path file) throws IOException {
        if (images.isEmpty())
            return false;
        final int cell = side + GAP;
        final int rows = Math.ceilDiv(images.size(), COLUMNS);
        final BufferedImage sheet = new BufferedImage(cell * Math.min(COLUMNS, images.size()), cell * rows,
                BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < images.size(); i++)
            draw(images.get(i), sheet, i % COLUMNS * cell, i / COLUMNS * cell);
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(sheet, "png", bytes))
            throw new IOException("this Java writes no PNG");
        WholeFile.write(file, bytes.toByteArray());
        return true;
    }

    private void draw(ByteBuffer pixels, BufferedImage sheet, int left, int top) {
        for (int p = 0; p < side * side; p++) {
            final int red = pixels.get(p * channels) & 0xFF;
            final int green = pixels.get(p * channels + channels / 2) & 0xFF;
            final int blue = pixels.get(p * channels + channels - 1) & 0xFF;
            sheet.setRGB(left + p % side, top + p / side, red << 16 | green << 8 | blue);
        }
    }
}
