package retort.evaluator.suite;

import java.util.List;

/**
 * A picture that a suite made of one checkpoint: a grid with one column for each image.
 *
 * @param png the file, {@value #MOST_BYTES} bytes at most
 * @param width width in pixels
 * @param height height in pixels
 * @param sampleIds id of the image in each column
 * @param rows what each row shows, such as {@code original}
 */
@SuppressWarnings("ArrayRecordComponent") // only carries data, never compared
public record SuitePicture(byte[] png, int width, int height, List<Long> sampleIds, List<String> rows) {
    /** A record of events takes less than 1 MiB, and so must a picture with its facts. */
    public static final int MOST_BYTES = 768 << 10;

    /** @throws IllegalArgumentException if the file is too large for a record */
    public SuitePicture {
        sampleIds = List.copyOf(sampleIds);
        rows = List.copyOf(rows);
        if (png.length > MOST_BYTES)
            throw new IllegalArgumentException("a picture of " + png.length + " bytes is above " + MOST_BYTES);
    }
}
