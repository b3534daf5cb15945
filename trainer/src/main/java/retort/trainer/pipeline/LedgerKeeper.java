package retort.trainer.pipeline;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import retort.record.Stream;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.SequenceRanges;
import retort.trainer.ledger.LedgerHeader;
import retort.trainer.ledger.LedgerWriter;
import retort.trainer.ledger.Place;

/**
 * Writes the images of every step into the ledger of the run. The entries of a checkpoint's steps are on disk before the checkpoint
 * is. A failure stops the run, because a run without a whole ledger cannot be proven. Called by the run alone.
 */
final class LedgerKeeper implements RunListener {
    private final Path folder;
    private final SequenceRanges skip;
    private @Nullable LedgerWriter writer;

    /**
     * @param folder the folder of the run's checkpoints
     * @param skip the records that the run passes over
     */
    LedgerKeeper(Path folder, SequenceRanges skip) {
        this.folder = folder;
        this.skip = skip;
    }

    @Override
    public void begun(Stream stream, TrainingState from) {
        writer = LedgerWriter.open(folder, new LedgerHeader(from.run(), from.stream(), from.step(),
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
