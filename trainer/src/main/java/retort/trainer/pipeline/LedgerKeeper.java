package retort.trainer.pipeline;

import org.jspecify.annotations.Nullable;
import retort.record.Stream;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.SequenceRanges;
import retort.trainer.ledger.LedgerHeader;
import retort.trainer.ledger.LedgerWriter;
import retort.trainer.ledger.Place;

/**
 * Writes the images of every step into the ledger of the run. The entries of a checkpoint's steps are at their place before the
 * checkpoint is. A failure stops the run, because a run without a whole ledger cannot be proven. Called by the run alone.
 */
final class LedgerKeeper implements RunListener {
    private final CheckpointStore store;
    private final SequenceRanges skip;
    private @Nullable LedgerWriter writer;

    /**
     * @param store the checkpoints, in whose folder of the run the ledger lies
     * @param skip the records that the run passes over
     */
    LedgerKeeper(CheckpointStore store, SequenceRanges skip) {
        this.store = store;
        this.skip = skip;
    }

    @Override
    public void begun(Stream stream, TrainingState from) {
        writer = LedgerWriter.open(store.folder(from.run()), store.owner(from.run()),
                new LedgerHeader(from.run(), from.stream(), from.step(),
                        new Place(from.position().nextSequence(), from.usedImages())));
    }

    @Override
    public void stepped(TrainedStep step) {
        if (writer != null)
            writer.append(step.number(), step.sampleIds(), Place.of(step.end()), skip);
    }

    @Override
    public void saving(long step) {
        if (writer != null)
            writer.flush();
    }

    @Override
    public void ended(RunOutcome outcome) {
        if (writer != null)
            writer.close();
        writer = null;
    }
}
