package retort.ingest;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes IDX files of small grey images. Pixel p of image i is i + 7 p, and its label is i mod 10. */
public final class IdxFixture {
    private IdxFixture() {
    }

    /** Writes {@code folder/train-images-idx3-ubyte} and its labels. */
    public static Path write(Path folder, int count, int side) throws IOException {
        return write(folder, "train", count, side, false);
    }

    public static Path write(Path folder, String prefix, int count, int side, boolean gzip) throws IOException {
        Files.createDirectories(folder);
        try (DataOutputStream out = open(folder.resolve(prefix + "-images-idx3-ubyte" + (gzip ? ".gz" : "")), gzip)) {
            out.writeInt(0x803);
            out.writeInt(count);
            out.writeInt(side);
            out.writeInt(side);
            for (int i = 0; i < count; i++)
                out.write(pixels(i, side));
        }
        try (DataOutputStream out = open(folder.resolve(prefix + "-labels-idx1-ubyte" + (gzip ? ".gz" : "")), gzip)) {
            out.writeInt(0x801);
            out.writeInt(count);
            for (int i = 0; i < count; i++)
                out.write(i % 10);
        }
        return folder;
    }

    public static byte[] pixels(long image, int side) {
        final byte[] pixels = new byte[side * side];
        for (int p = 0; p < pixels.length; p++)
            pixels[p] = (byte) (image + 7L * p);
        return pixels;
    }

    private static DataOutputStream open(Path file, boolean gzip) throws IOException {
        final OutputStream out = new java.io.BufferedOutputStream(Files.newOutputStream(file));
        return new DataOutputStream(gzip ? new GZIPOutputStream(out) : out);
    }
}
