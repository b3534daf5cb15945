package retort.ingest.source.cifar;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import retort.ingest.source.FileSlice;
import retort.ingest.source.Listing;
import retort.pickle.Value;

/**
 * One file of a set: images of one length at equal distances.
 *
 * @param first place of the first image's bytes
 * @param stride bytes from the begin of an image to the begin of the next
 * @param labels class index of each image
 */
@SuppressWarnings("ArrayRecordComponent") // it carries labels and is never compared
record CifarFile(Path path, long first, int stride, byte[] labels) {
    static final int SIDE = 32;
    static final int PLANE = SIDE * SIDE;
    static final int CHANNELS = 3;
    static final int IMAGE = CHANNELS * PLANE;
    private static final int BUFFER = 1 << 18;

    /** Reads the labels of a file of the binary version, and notes its whole content, because all sets have the same size. */
    static CifarFile binary(Path path, int labelBytes, Listing listing) throws IOException {
        if (!Files.isRegularFile(path))
            throw new IOException("there is no " + path + ": give the folder of the binary version, or of the Python version");
        final byte[] record = new byte[labelBytes + IMAGE];
        final long bytes = Files.size(path);
        if (bytes % record.length != 0)
            throw new IOException(path + " is cut: " + bytes + " bytes are not a number of records of " + record.length);
        final byte[] labels = new byte[Math.toIntExact(bytes / record.length)];
        int n = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path), BUFFER)) {
            while (n < labels.length && in.readNBytes(record, 0, record.length) == record.length) {
                labels[n++] = record[labelBytes - 1];
                listing.add("", ByteBuffer.wrap(record));
            }
        }
        return new CifarFile(path, labelBytes, record.length, labels);
    }

    /**
     * Reads the labels of a file of the Python version, and notes its whole content.
     *
     * @param key the key of the labels
     */
    static CifarFile python(Path path, String key, Listing listing) throws IOException {
        try {
            final BatchPickle batch = pickle(path);
            final Value.Bytes rows = batch.rows("data", IMAGE);
            final byte[] labels = batch.labels(key);
            if (rows.length() / IMAGE != labels.length)
                throw new IOException("it has " + rows.length() / IMAGE + " images and " + labels.length + " labels");
            try (InputStream in = FileSlice.open(path, rows.from(), rows.from() + rows.length())) {
                final byte[] record = new byte[1 + IMAGE];
                for (int i = 0; i < labels.length; i++) {
                    record[0] = labels[i];
                    if (in.readNBytes(record, 1, IMAGE) < IMAGE)
                        throw new IOException("it ends within image " + i);
                    listing.add("", ByteBuffer.wrap(record));
                }
            }
            return new CifarFile(path, rows.from(), IMAGE, labels);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** The names of the classes in the file of the Python version that has them under {@code key}. */
    static List<String> classNames(Path path, String key) throws IOException {
        try {
            return pickle(path).texts(key);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static BatchPickle pickle(Path path) throws IOException {
        if (!Files.isRegularFile(path))
            throw new IOException("there is none: give the folder of the binary version, or of the Python version");
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path), BUFFER)) {
            return BatchPickle.read(in, Files.size(path));
        }
    }

    private static IOException unreadable(Path path, IOException cause) {
        return new IOException(path + " cannot be read: " + cause.getMessage(), cause);
    }

    /** The planes of an image: channels, height, width. */
    byte[] planes(long number) throws IOException {
        final byte[] planes = new byte[IMAGE];
        final long from = first + number * stride;
        try (InputStream in = FileSlice.open(path, from, from + IMAGE)) {
            if (in.readNBytes(planes, 0, IMAGE) < IMAGE)
                throw new IOException(path + " has changed since it was opened");
        }
        return planes;
    }
}
