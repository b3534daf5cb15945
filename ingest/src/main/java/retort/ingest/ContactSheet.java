package retort.ingest;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import retort.file.WholeFile;
import retort.ingest.recipe.RecipeSettings;

/** A PNG of the first augmented samples, eight a row, in the order they are added. One thread at a time adds; any asks whether it is full. */
final class ContactSheet {
    private static final int COLUMNS = 8;
    private static final int MOST = 64;
    private static final int GAP = 2;

    private final int side;
    private final int channels;
    private final List<ByteBuffer> images = new ArrayList<>();
    private volatile boolean full;

    ContactSheet(RecipeSettings recipe) {
        this.side = recipe.image();
        this.channels = recipe.channels();
    }

    /** Whether what is added now is left out. */
    boolean isFull() {
        return full;
    }

    /** @param pixels uint8, (side, side, channels); kept */
    void add(ByteBuffer pixels) {
        if (!full)
            images.add(pixels);
        full = images.size() == MOST;
    }

    /** @return whether there was anything to draw */
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
