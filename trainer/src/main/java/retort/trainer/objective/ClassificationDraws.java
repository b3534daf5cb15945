package retort.trainer.objective;

import java.util.List;
import retort.trainer.learn.SampleRefusedException;
import retort.trainer.learn.StepCall;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/**
 * The random draws of a fine-tuning step, together with the labels.
 *
 * @param perImage (N, 2 + 2 * depth), row-major: label, index of the partner in the batch, and the factor of each branch
 * @param images number of images, N
 * @param mix how the images are mixed with their partners
 * @param erased boxes as {@link RandomErasing#boxes} gives them
 */
@SuppressWarnings("ArrayRecordComponent") // it carries arrays and is never compared
public record ClassificationDraws(float[] perImage, int images, Mix mix, List<Integer> erased) {
    /** @throws SampleRefusedException if the label of an image is not a class of the classifier */
    static ClassificationDraws of(Finetune objective, VitShape vit, long seed, long step, long[] sampleIds, int[] labels) {
        final int n = sampleIds.length;
        final int columns = 2 + 2 * vit.depth();
        final float[] perImage = new float[n * columns];
        final DropPath dropPath = new DropPath(objective.dropPath(), false);
        for (int i = 0; i < n; i++) {
            requireClass(sampleIds[i], labels[i], objective.classes());
            perImage[i * columns] = labels[i];
            perImage[i * columns + 1] = n - 1 - i;
            dropPath.draw(vit.depth(), seed, step, sampleIds[i], perImage, i * columns + 2);
        }
        final Augmentation augmentation = objective.augmentation();
        return new ClassificationDraws(perImage, n, Mix.draw(augmentation, vit.image(), seed, step),
                RandomErasing.boxes(augmentation.erase(), vit.image(), seed, step, sampleIds));
    }

    private static void requireClass(long sample, int label, int classes) {
        if (label < 0 || label >= classes)
            throw new SampleRefusedException("sample " + sample + (label < 0 ? " has no label" : " has label " + label)
                    + ", and a classifier of " + classes + " classes takes 0 to " + (classes - 1)
                    + "; set classes above every label, or label the source anew");
    }

    /** {@link #perImage} as a tensor, (N, 2 + 2 * depth). */
    public HostTensor table() {
        return HostTensor.ofFloats(perImage, images, perImage.length / images);
    }

    public StepCall call() {
        return new StepCall("classification_step", List.of(table(), mix.share(), mix.box(), erased));
    }
}
