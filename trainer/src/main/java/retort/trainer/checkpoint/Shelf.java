package retort.trainer.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import retort.trainer.weights.NamedTensors;

/** The checkpoints of one run at their place: how one appears, and how it vanishes. All methods block. */
interface Shelf {
    /** Name of the owner on a disk, where no other trainer can write a checkpoint of the same name at one time. */
    String NO_OWNER = "";

    /**
     * Takes the run over from an older owner, and removes what it has left unfinished.
     *
     * @return the name of the owner, which sorts behind those of older owners; {@link #NO_OWNER} on a disk
     */
    String claim() throws IOException;

    /**
     * Saves a checkpoint. Readers find none of it, or all of it.
     *
     * @throws NotOwnerException if another trainer has claimed the run since
     */
    Checkpoint save(TrainingState state, NamedTensors weights, NamedTensors optimizer) throws IOException;

    /** Removes a checkpoint. Readers find all of it, or nothing. */
    void delete(Path directory) throws IOException;

    /** The checkpoints, by step. One that is being replaced comes before the newer one of its step. */
    List<Found> found() throws IOException;

    /**
     * A checkpoint that may be damaged.
     *
     * @param step the step that the name of its directory says
     */
    record Found(Path directory, long step, Path state, Path weights, Path optimizer) {
        static Found in(Path directory, long step) {
            return new Found(directory, step, directory.resolve(Checkpoint.STATE), directory.resolve(Checkpoint.WEIGHTS),
                    directory.resolve(Checkpoint.OPTIMIZER));
        }
    }
}
