package retort.trainer.checkpoint;

import java.util.Optional;
import retort.kafka.StreamPosition;
import retort.record.Architecture;
import retort.settings.Identity;

/**
 * Everything besides its tensors that a run needs to go on as if it had never stopped.
 *
 * @param step number of steps taken; 0 is the initial state
 * @param steps number of steps that the run will take
 * @param startSequence sequence of the record that the run began with; steps, epochs and learning rate count from there
 * @param position the first record that the taken steps have not wholly used
 * @param usedImages number of images of that record that the taken steps have used
 * @param identity everything that shapes the result, by the user's own keys; a run under another identity is another run
 * @param objective the word after {@code objective =}
 * @param teacher run:NAME or the URI of the teacher's file, for people; empty for a run without a teacher
 */
public record TrainingState(String run, long step, long steps, String stream, long startSequence, StreamPosition position,
        int usedImages, Identity identity, String objective, Architecture architecture, Optional<String> teacher) {
    public TrainingState {
        if (step < 0 || usedImages < 0 || position.nextSequence() < 0)
            throw new IllegalArgumentException("run " + run + " at step " + step + ", " + usedImages + " images into record "
                    + position.nextSequence() + ": none may be negative");
    }

    /** The state of the same run at another step. */
    public TrainingState at(long taken, StreamPosition place, int imagesUsed) {
        return new TrainingState(run, taken, steps, stream, startSequence, place, imagesUsed, identity, objective, architecture,
                teacher);
    }
}
