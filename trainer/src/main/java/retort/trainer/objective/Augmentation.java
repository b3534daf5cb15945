package retort.trainer.objective;

import java.util.Set;
import retort.settings.Section;

/**
 * The augmentation of fine-tuning that works on a whole batch, on the device. Crops, flips and RandAugment belong to ingest's recipe.
 *
 * @param mixup alpha of mixup's beta distribution; 0 for no mixup
 * @param cutmix alpha of cutmix's beta distribution; 0 for no cutmix
 * @param mixProbability probability that a batch is mixed
 * @param cutmixShare share of cutmix among mixed batches; used if both mixup and cutmix are on
 * @param erase probability that a box of an image is replaced by noise
 */
public record Augmentation(double mixup, double cutmix, double mixProbability, double cutmixShare, double erase) {
    /** No augmentation. */
    public static final Augmentation NONE = new Augmentation(0, 0, 0, 0, 0);

    /** The augmentation that MAE and DMAE fine-tune with. */
    public static final Augmentation STANDARD = new Augmentation(0.8, 1, 1, 0.5, 0.25);

    /** Keys that {@link #of} reads. */
    static final Set<String> KEYS = Set.of("mixup", "cutmix", "mix-probability", "cutmix-share", "erase");

    /** @throws IllegalArgumentException if an alpha is negative, or a probability is not in 0 to 1 */
    public Augmentation {
        if (!(mixup >= 0 && cutmix >= 0))
            throw new IllegalArgumentException("mixup " + mixup + " and cutmix " + cutmix + " must not be negative");
        if (!(isShare(mixProbability) && isShare(cutmixShare) && isShare(erase)))
            throw new IllegalArgumentException("probabilities of mixing " + mixProbability + ", of cutmix " + cutmixShare
                    + " and of erasing " + erase + " must be 0 to 1");
    }

    static Augmentation of(Section run) {
        return new Augmentation(run.real("mixup", 0, 1e3), run.real("cutmix", 0, 1e3), run.real("mix-probability", 0, 1),
                run.real("cutmix-share", 0, 1), run.real("erase", 0, 1));
    }

    private static boolean isShare(double value) {
        return value >= 0 && value <= 1;
    }
}
