package retort.trainer.learn;

import java.nio.ByteBuffer;
import java.util.Optional;
import retort.trainer.model.VitShape;

/**
 * Images for people; each array is uint8, (N, H, W, C).
 *
 * @param original the images
 * @param masked the images with the masked patches in the stream's mean colour
 * @param reconstructed the images with the model's predictions in place of the masked patches
 */
@SuppressWarnings("ArrayRecordComponent") // it carries arrays and is never compared
public record Pictures(byte[] original, byte[] masked, byte[] reconstructed) {
    /**
     * Paints the three pictures of each image.
     *
     * @param pixels uint8, (N, H, W, C), from index 0 on
     * @param orders (N, L) masking orders
     * @param visible number of visible patches of an image
     * @param predicted (N, L - visible, P); the model's output for the masked patches. If they are standardised, they are overwritten
     * @param standardizedBy true values of the masked patches, shaped like {@code predicted}; empty if predictions are not standardised.
     *     Each prediction is scaled back with the mean and the deviation of its true patch, as in MAE's demonstration
     */
    static Pictures paint(VitShape vit, PixelStatistics statistics, ByteBuffer pixels, long[] orders, int visible,
            float[] predicted,
            Optional<float[]> standardizedBy) {
        final int bytes = vit.image() * vit.image() * vit.channels();
        final int count = orders.length / vit.patches();
        final byte[] original = new byte[count * bytes];
        pixels.get(0, original);
        final byte[] masked = original.clone();
        final byte[] guessed = original.clone();
        final int hidden = vit.patches() - visible;
        final int values = vit.patchValues();
        for (int n = 0; n < count; n++)
            for (int m = 0; m < hidden; m++) {
                final int from = (n * hidden + m) * values;
                standardizedBy.ifPresent(truth -> bringBack(predicted, truth, from, values));
                final int patch = (int) orders[n * vit.patches() + visible + m];
                for (int i = 0; i < values; i++) {
                    final int channel = i % vit.channels();
                    final int at = n * bytes + offset(vit, patch, i);
                    masked[at] = level(statistics.mean().get(channel));
                    guessed[at] = level(predicted[from + i] * statistics.std().get(channel) + statistics.mean().get(channel));
                }
            }
        return new Pictures(original, masked, guessed);
    }

    private static void bringBack(float[] predicted, float[] truth, int from, int values) {
        double sum = 0;
        for (int i = from; i < from + values; i++)
            sum += truth[i];
        final double mean = sum / values;
        double squares = 0;
        for (int i = from; i < from + values; i++)
            squares += (truth[i] - mean) * (truth[i] - mean);
        final double deviation = Math.sqrt(squares / (values - 1) + 1e-6);
        for (int i = from; i < from + values; i++)
            predicted[i] = (float) (predicted[i] * deviation + mean);
    }

    /** Index in its image of value {@code i} of a patch, whose values are ordered by row, column and channel. */
    private static int offset(VitShape vit, int patch, int i) {
        final int pixel = i / vit.channels();
        final int row = patch / vit.grid() * vit.patch() + pixel / vit.patch();
        final int column = patch % vit.grid() * vit.patch() + pixel % vit.patch();
        return (row * vit.image() + column) * vit.channels() + i % vit.channels();
    }

    private static byte level(double value) {
        return (byte) Math.clamp(Math.round(value * 255), 0, 255);
    }
}
