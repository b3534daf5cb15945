package retort.trainer.checkpoint;

import java.util.Optional;
import retort.kafka.StreamPosition;
import retort.record.Architecture;
import retort.settings.Identity;

/**
 * What a run must know, besides its tensors, to go on as if it had never stopped.
 *
 * @param step steps finished; 0 is the initial state
 * @param steps steps the run will take
 * @param startSequence the record the run began with: steps, epochs and learning rate count from there
 * @param position the first record not wholly used by the finished steps
 * @param usedImages images of that record that those steps used
 * @param identity everything that shapes the result, by the user's own keys; a run that goes on under another identity is another
 *     run
 * @param objective the word after {@code objective =}
 * @param teacher run:NAME or the URI of the teacher's file, for people; empty without a teacher
 */
public record TrainingState(String run, long step, long steps, String stream, long startSequence, StreamPosition position,
        int usedImages, Identity identity, String objective, Architecture architecture, Optional<String> teacher) {
    public TrainingState {
        if (step < 0 || usedImages < 0 || position.nextSequence() < 0)
            throw new IllegalArgumentException("run " + run + " at step " + step + ", " + usedImages + " images into record "
                    + position.nextSequence() + ": none may be negative");
    }
}
