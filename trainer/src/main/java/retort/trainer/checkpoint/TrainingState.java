package retort.trainer.checkpoint;

import java.util.Optional;
import retort.kafka.StreamPosition;
import retort.trainer.images.SequenceRanges;
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
 * @param skip the records that {@code trainer.skip} named when the state was saved; those before {@code position} were passed over
 * @param identity everything that shapes the result, by the user's own keys; a run under another identity is another run
 * @param objective the word after {@code objective =}
 * @param teacher run:NAME or the URI of the teacher's file, for people; empty for a run without a teacher
 */
public record TrainingState(String run, long step, long steps, String stream, long startSequence, StreamPosition position,
        int usedImages, SequenceRanges skip, Identity identity, String objective, Architecture architecture,
        Optional<String> teacher) {
    public TrainingState {
        if (step < 0 || usedImages < 0 || position.nextSequence() < 0)
            throw new IllegalArgumentException("run " + run + " at step " + step + ", " + usedImages + " images into record "
                    + position.nextSequence() + ": none may be negative");
    }

    /** The state of the same run at another step. */
    public TrainingState at(long taken, StreamPosition place, int imagesUsed) {
        return new TrainingState(run, taken, steps, stream, startSequence, place, imagesUsed, skip, identity, objective,
                architecture, teacher);
    }

    /** The same state for a run that goes on with another {@code trainer.skip}. */
    public TrainingState skipping(SequenceRanges records) {
        return new TrainingState(run, step, steps, stream, startSequence, position, usedImages, records, identity, objective,
                architecture, teacher);
    }

    /** The records that the taken steps have passed over because {@code trainer.skip} named them. */
    public SequenceRanges skipped() {
        return skip.between(startSequence, position.nextSequence());
    }
}
