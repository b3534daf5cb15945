package retort.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import retort.trainer.model.VitShape;

/**
 * All that fine-tuning draws for a step, with its labels.
 *
 * @param perImage (N, columns): label, partner in the batch, and what each branch is multiplied by
 * @param erased as {@link RandomErasing#boxes}
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record ClassificationDraws(float[] perImage, int images, Mix mix, List<Integer> erased) {
    static ClassificationDraws of(Objective.Finetune objective, VitShape vit, long seed, long step, long[] sampleIds,
            int[] labels) {
        final int n = sampleIds.length;
        final int columns = 2 + 2 * vit.depth();
        final float[] perImage = new float[n * columns];
        for (int i = 0; i < n; i++) {
            if (labels[i] < 0 || labels[i] >= objective.classes())
                throw new UnknownLabelException(sampleIds[i], labels[i], objective.classes());
            perImage[i * columns] = labels[i];
            perImage[i * columns + 1] = n - 1 - i;
            DropPath.draw(objective.dropPath(), vit.depth(), seed, step, sampleIds[i], perImage, i * columns + 2);
        }
        final Augmentation augmentation = objective.augmentation();
        return new ClassificationDraws(perImage, n, Mix.draw(augmentation, vit.image(), seed, step),
                RandomErasing.boxes(augmentation.erase(), vit.image(), seed, step, sampleIds));
    }

    NDArray upload(NDManager manager) {
        return manager.create(perImage, new Shape(images, perImage.length / images));
    }
}
