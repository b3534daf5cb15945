package retort.trainer.learn;

import retort.settings.SettingException;

/**
 * What fine-tuning does to a batch on the device. (Crops, flips and RandAugment belong to ingest's recipe.)
 *
 * @param mixup alpha of mixup's beta distribution; 0: no mixup
 * @param cutmix the same of cutmix
 * @param mixProbability of mixing a batch at all
 * @param cutmixShare of mixed batches, where both are on
 * @param erase probability that a box of an image is replaced by noise
 */
public record Augmentation(double mixup, double cutmix, double mixProbability, double cutmixShare, double erase) {
    /** Nothing. */
    public static final Augmentation NONE = new Augmentation(0, 0, 0, 0, 0);

    /** What MAE and DMAE fine-tune with. */
    public static final Augmentation STANDARD = new Augmentation(0.8, 1, 1, 0.5, 0.25);

    public Augmentation {
        if (!(mixup >= 0 && cutmix >= 0))
            throw new SettingException("mixup " + mixup + " and cutmix " + cutmix + " must not be negative");
        if (!(share(mixProbability) && share(cutmixShare) && share(erase)))
            throw new SettingException(
                    "probabilities of mixing " + mixProbability + ", of cutmix " + cutmixShare + " and of erasing "
                            + erase + " must be 0 to 1");
    }

    private static boolean share(double value) {
        return value >= 0 && value <= 1;
    }
}
