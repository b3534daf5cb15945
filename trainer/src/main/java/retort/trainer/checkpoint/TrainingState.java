package retort.trainer.checkpoint;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import retort.digest.Sha256;
import retort.kafka.StreamPosition;
import retort.record.Architecture;

/**
 * What a run must know, besides its tensors, to go on as if it had never stopped.
 *
 * @param step steps finished; 0 is the initial state
 * @param steps steps the run will take
 * @param startSequence the record the run began with: steps, epochs and learning rate count from there
 * @param position the first record not wholly used by the finished steps
 * @param usedImages images of that record that those steps used
 * @param settings every setting that shapes the result, by key; a run that goes on under others is another run
 * @param threads of the engine: another count gives other sums
 * @param objective pretrain, distill or finetune
 * @param teacher of a distilled run: run:NAME or a file's URI
 * @param teacherSha256 of the teacher's weights file
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

    /** Lower-case hex; equal for equal settings. */
    public String settingsHash() {
        final StringBuilder text = new StringBuilder();
        settings.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        return Sha256.of(text.toString());
    }
}
