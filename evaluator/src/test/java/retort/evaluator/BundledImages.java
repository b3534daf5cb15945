package retort.evaluator;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import retort.evaluator.knn.FeatureBlock;

/** The bundled Fashion-MNIST images as features: pixels from 0 to 1. */
public final class BundledImages {
    public static final int WIDTH = 28 * 28;
    public static final int CLASSES = 10;

    private BundledImages() {
    }

    /** The first {@code count} images of {@code train} or {@code t10k}, with their classes. */
    public static FeatureBlock read(String set, int count) throws IOException {
        final Path folder = Path.of(System.getProperty("retort.root", ".."), "compose/data/fashion-mnist");
        try (DataInputStream images = open(folder.resolve(set + "-images-idx3-ubyte.gz"), 16);
                DataInputStream labels = open(folder.resolve(set + "-labels-idx1-ubyte.gz"), 8)) {
            final float[] rows = new float[count * WIDTH];
            for (int i = 0; i < rows.length; i++)
                rows[i] = images.readUnsignedByte() / 255f;
            final int[] classes = new int[count];
            for (int i = 0; i < count; i++)
                classes[i] = labels.readUnsignedByte();
            return new FeatureBlock(rows, WIDTH, classes);
        }
    }

    private static DataInputStream open(Path file, int header) throws IOException {
        final DataInputStream in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file), 1 << 16));
        in.skipNBytes(header);
        return in;
    }
}
