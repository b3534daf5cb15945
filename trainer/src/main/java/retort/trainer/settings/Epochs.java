package retort.trainer.settings;

import java.util.Optional;
import retort.record.Stream;
import retort.settings.Section;
import retort.settings.SettingException;

/**
 * The length of a run in epochs of its stream.
 *
 * @param number number of epochs, above 0; it may have a fraction
 * @param warmUp share of the steps during which the learning rate rises, 0 to 1
 */
public record Epochs(double number, double warmUp) {
    /** Keys in the settings of a run. */
    static final String KEY = "epochs";
    static final String WARM_UP = "warm-up-epochs";
    private static final double MOST = 1e6;

    /** Empty if the run is measured in steps. */
    static Optional<Epochs> of(Section run, Section optimizer) {
        final double number = run.real(KEY, 0, MOST);
        final double warmUp = optimizer.real(WARM_UP, 0, MOST);
        if (number == 0 && warmUp > 0)
            throw optimizer.error(WARM_UP, warmUp,
                    "needs epochs beside it; a run by steps has optimizer.warm-up, a share of them");
        if (warmUp > number)
            throw optimizer.error(WARM_UP, warmUp, "must be at most epochs, " + number);
        return number == 0
                ? Optional.empty()
                : Optional.of(new Epochs(number, warmUp > 0 ? warmUp / number : optimizer.real("warm-up", 0, 1)));
    }

    /**
     * The number of whole batches in these epochs. A batch may begin in one epoch and end in the next one.
     *
     * @throws SettingException if the stream has no epochs, or these hold no batch
     */
    long steps(String run, Stream stream, int batch) {
        final Long samples = stream.getSamplesPerEpoch();
        if (samples == null)
            throw new SettingException("epochs = " + number + " of run " + run + ": stream " + stream.getName()
                    + " has no epochs, because its source has no end; set steps, and epochs = 0");
        return steps(run, samples, batch);
    }

    /**
     * As the other method, for a stream that is not published yet.
     *
     * @param samples number of images of an epoch
     */
    public long steps(String run, long samples, int batch) {
        final long steps = (long) Math.floor(number * samples / batch);
        if (steps < 1)
            throw new SettingException("epochs = " + number + " of run " + run + ": epochs of " + samples
                    + " images hold no batch of " + batch + ": set more epochs, or a smaller batch");
        return steps;
    }
}
