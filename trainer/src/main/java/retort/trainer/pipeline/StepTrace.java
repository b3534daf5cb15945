package retort.trainer.pipeline;

import retort.record.Stream;
import retort.trace.RecordTrace;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.ImagePosition;
import retort.trainer.images.SequenceRanges;

/** Traces which records each step of a run has used. Called on the run's thread. */
final class StepTrace implements RunListener {
    private final String run;
    private final SequenceRanges skip;
    private String stream = "";
    private long next;

    StepTrace(String run, SequenceRanges skip) {
        this.run = run;
        this.skip = skip;
    }

    @Override
    public void begun(Stream read, TrainingState from) {
        stream = read.getName();
        next = from.position().nextSequence();
    }

    @Override
    public void taken(long step, ImagePosition end, double learningRate) {
        final long after = end.imagesUsed() == 0 ? end.nextSequence() : end.nextSequence() + 1;
        if (RecordTrace.isOn())
            for (long sequence = next; sequence < after; sequence++)
                if (!skip.contains(sequence))
                    RecordTrace.note(stream, sequence, RecordTrace.Stage.STEPPED, "run " + run + ", step " + step);
        next = end.nextSequence();
    }
}
