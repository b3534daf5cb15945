package retort.trainer.pipeline;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import retort.record.Stream;
import retort.settings.Identity;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.SequenceRanges;
import retort.trainer.objective.SecondTeacher;
import retort.trainer.objective.Start;
import retort.trainer.objective.TeacherSource;
import retort.trainer.settings.RunSettings;

/**
 * Compares a run with its checkpoint. A run that goes on must have the identity that it began with, because other settings would
 * give neither the old run nor a new one.
 */
final class Resumption {
    /** Key of the hash of all settings that decide the bytes of the stream. */
    static final String STREAM_HASH = "stream.settings-hash";
    /** Key of the engine's number of threads: another number rounds sums in another way. */
    static final String THREADS = "trainer.threads";
    /** Keys whose values are not in the settings of the run. */
    private static final Set<String> FOUND = Set.of(STREAM_HASH, THREADS, TeacherSource.KEY,
            SecondTeacher.WEIGHTS, SecondTeacher.KEY + ".heads", SecondTeacher.KEY + ".epsilon", Start.KEY);

    private Resumption() {
    }

    /** @throws RunException that names each difference by the user's own key */
    static void requireSame(Checkpoint checkpoint, TrainingState now) {
        require(checkpoint, checkpoint.state().identity(), now.identity());
        requireSkipped(checkpoint, now.skip());
    }

    /**
     * As {@link #requireSame(Checkpoint, TrainingState)}, for a finished run and by its settings alone, because its stream and its teacher
     * may be gone. {@link SavedRun} compares the weights that are still there.
     *
     * @throws RunException that names each difference by the user's own key
     */
    static void requireSame(Checkpoint checkpoint, RunSettings now) {
        require(checkpoint, checkpoint.state().identity().without(FOUND), now.identity());
        requireSkipped(checkpoint, now.skip());
    }

    /** A finished run by epochs, with the steps that its stream gives it, or those that it took if its stream is gone. */
    static RunSettings lasting(RunSettings resolved, Checkpoint last, Supplier<Optional<Stream>> stream) {
        return resolved.epochs().isEmpty()
                ? resolved
                : stream.get().map(resolved::on).orElseGet(() -> resolved.lasting(last.state().steps()));
    }

    /**
     * Checks that the records before the checkpoint were skipped, or not, as {@code trainer.skip} says now. Records behind it may be added
     * and removed.
     */
    private static void requireSkipped(Checkpoint checkpoint, SequenceRanges now) {
        final TrainingState state = checkpoint.state();
        final SequenceRanges before = now.between(state.startSequence(), state.position().nextSequence());
        final SequenceRanges trained = before.without(state.skipped());
        final SequenceRanges skipped = state.skipped().without(before);
        final String found = "run " + state.run() + " has a checkpoint at step " + state.step() + ", before which it ";
        if (!trained.isEmpty())
            throw new RunException(found + "was trained on records that trainer.skip names now: " + trained
                    + "; to skip them, move the checkpoints behind record " + trained.ranges().getFirst().first() + " out of "
                    + checkpoint.directory().getParent() + ", so that the run goes on from the one before; or take them out of"
                    + " trainer.skip");
        if (!skipped.isEmpty())
            throw new RunException(found + "skipped records that trainer.skip does not name any more: " + skipped
                    + "; put them back, or give the run another name to begin anew");
    }

    private static void require(Checkpoint checkpoint, Identity then, Identity now) {
        final Set<String> ignored = WithoutEffect.in(checkpoint.state().identity());
        final String differences = comparable(then, now).without(ignored).differences(comparable(now, then).without(ignored));
        if (!differences.isEmpty())
            throw new RunException("run " + checkpoint.state().run() + " has a checkpoint at step " + checkpoint.state().step()
                    + " under other settings: " + differences
                    + "; put them back, or give the run another name to begin anew");
    }

    /**
     * An identity without the facts about a teacher that the other one does not have. A teacher that is a run has none, and neither has a
     * checkpoint of an older version, which has the heads that were set.
     */
    private static Identity comparable(Identity one, Identity other) {
        final Identity told = withFacts(one);
        final Set<String> absent = new HashSet<>(Set.of(TeacherSource.HEADS, TeacherSource.NORM_EPSILON));
        absent.removeAll(withFacts(other).settings().keySet());
        return told.without(absent);
    }

    private static Identity withFacts(Identity identity) {
        final String heads = identity.settings().get(TeacherSource.MODEL + ".heads");
        return heads == null || identity.settings().containsKey(TeacherSource.HEADS)
                ? identity
                : identity.with(TeacherSource.HEADS, heads);
    }
}
