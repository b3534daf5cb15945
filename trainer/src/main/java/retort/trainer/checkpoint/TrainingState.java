package retort.trainer.checkpoint;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import retort.digest.Sha256;
import retort.kafka.StreamPosition;
import retort.record.Architecture;

/**
 * Everything besides its tensors that a run needs to go on as if it had never stopped.
 *
 * @param step number of steps taken; 0 is the initial state
 * @param steps number of steps that the run will take
 * @param startSequence sequence of the record that the run began with; steps, epochs and learning rate count from there
 * @param position the first record that the taken steps have not wholly used
 * @param usedImages number of images of that record that the taken steps have used
 * @param settings every setting that shapes the result, by key; a run under other settings is another run
 * @param threads number of threads of the engine; another number gives other last bits of every sum
 * @param objective pretrain, distill or finetune
 * @param teacher run:NAME or the URI of a file; empty for a run without a teacher
 * @param teacherSha256 SHA-256 of the file with the teacher's weights
 */
public record TrainingState(String run, long step, long steps, String stream, long startSequence, StreamPosition position,
        int usedImages, SortedMap<String, String> settings, int threads, long seed, String objective, Architecture architecture,
        Optional<String> teacher, Optional<String> teacherSha256) {
    public TrainingState {
        if (step < 0 || usedImages < 0 || position.nextSequence() < 0)
            throw new IllegalArgumentException("run " + run + " at step " + step + ", " + usedImages + " images into record "
                    + position.nextSequence() + ": none may be negative");
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }

    /** The state of the same run at another step. */
    public TrainingState at(long taken, StreamPosition place, int imagesUsed) {
        return new TrainingState(run, taken, steps, stream, startSequence, place, imagesUsed, settings, threads, seed, objective,
                architecture, teacher, teacherSha256);
    }

    /** SHA-256 of the settings, lower-case hex; equal for equal settings. */
    public String settingsHash() {
        final StringBuilder text = new StringBuilder();
        settings.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        return Sha256.of(text.toString());
    }
}
