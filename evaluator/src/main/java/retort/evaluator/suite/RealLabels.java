package retort.evaluator.suite;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import retort.digest.Sha256;

/**
 * Several right classes for each image, as ReaL gives them for ImageNet's validation images (Beyer et al., 2020, arXiv 2006.07159): a JSON
 * list with one list of class numbers for each image, in the order of the images. A number is the place of a class among the sorted names.
 * An image with an empty list is not counted. Immutable, so any thread may use it.
 */
final class RealLabels {
    private static final int MOST_IMAGES = 10_000_000;
    private static final int MOST_CLASSES = 1 << 20;
    private static final long MOST_BYTES = 1L << 30;

    private final Path file;
    private final int[][] classes; // by image
    private final String sha256;

    private RealLabels(Path file, int[][] classes, String sha256) {
        this.file = file;
        this.classes = classes;
        this.sha256 = sha256;
    }

    /** Reads a file. Blocks. @throws IOException if it cannot be read or is no such list; the message names the file */
    static RealLabels read(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES)
            throw new IOException(file + " has " + Files.size(file) + " bytes, more than " + MOST_BYTES);
        final List<int[]> lists = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(Files.newInputStream(file))) {
            require(json.nextToken() == JsonToken.START_ARRAY, file);
            while (json.nextToken() == JsonToken.START_ARRAY && lists.size() < MOST_IMAGES) {
                int[] list = new int[4];
                int count = 0;
                while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                    if (count == list.length)
                        list = Arrays.copyOf(list, 2 * count);
                    final int number = json.getIntValue();
                    require(number >= 0 && count < MOST_CLASSES, file);
                    list[count++] = number;
                }
                require(json.currentToken() == JsonToken.END_ARRAY, file);
                lists.add(Arrays.copyOf(list, count));
            }
            require(json.currentToken() == JsonToken.END_ARRAY && json.nextToken() == null, file);
        }
        return new RealLabels(file, lists.toArray(int[][]::new), Sha256.of(file).sha256());
    }

    private static void require(boolean holds, Path file) throws IOException {
        if (!holds)
            throw new IOException(file + " is no JSON list of lists of class numbers, such as [[3, 7], [], [12]]");
    }

    /** SHA-256 of the file, lower-case hex. */
    String sha256() {
        return sha256;
    }

    /**
     * Counts answers against these labels.
     *
     * @param names names of the model's classes, by index
     * @throws CheckpointRefusedException if a label is no place among the names
     */
    Count counting(List<String> names) {
        final List<String> sorted = names.stream().sorted().toList();
        final int[] places = names.stream().mapToInt(sorted::indexOf).toArray();
        final int largest = Arrays.stream(classes).flatMapToInt(Arrays::stream).max().orElse(-1);
        if (largest >= names.size())
            throw new CheckpointRefusedException(file + " has label " + largest + ", but the model has only " + names.size()
                    + " classes with a name: give the labels of the model's own data set");
        return new Count(places);
    }

    /** The answers so far. Called serially. */
    final class Count {
        private final int[] places; // of each class among the sorted names
        private long images;
        private long right;

        private Count(int[] places) {
            this.places = places;
        }

        /**
         * Adds the answers to a block of images.
         *
         * @param sampleIds the place of each image among the images of the file; shape (N)
         * @param logits shape (N, classes), row-major; of two equal logits the lower class is the answer
         */
        void add(long[] sampleIds, float[] logits) {
            final int width = logits.length / Math.max(1, sampleIds.length);
            for (int i = 0; i < sampleIds.length; i++) {
                if (sampleIds[i] < 0 || sampleIds[i] >= classes.length)
                    throw new CheckpointRefusedException("image " + sampleIds[i] + " has no line in " + file + ", which has "
                            + classes.length + ": give the labels of this validation stream");
                final int[] labels = classes[(int) sampleIds[i]];
                if (labels.length == 0)
                    continue;
                int answer = 0;
                for (int c = 1; c < width; c++)
                    if (logits[i * width + c] > logits[i * width + answer])
                        answer = c;
                final int place = answer < places.length ? places[answer] : -1;
                images++;
                right += Arrays.stream(labels).anyMatch(label -> label == place) ? 1 : 0;
            }
        }

        /** Number of images with a label. */
        long images() {
            return images;
        }

        /** Share of these images whose answer is one of their labels, 0 to 1; NaN without images. */
        double top1() {
            return (double) right / images;
        }
    }
}
