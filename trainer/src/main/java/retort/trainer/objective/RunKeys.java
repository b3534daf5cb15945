package retort.trainer.objective;

import java.util.HashSet;
import java.util.Set;

/** The keys that every run has. They do not depend on its objective. */
public final class RunKeys {
    /** The keys of every run. */
    public static final Set<String> COMMON = Set.of("name", "objective", "stream", "start", "steps", "epochs", "batch",
            "precision", "seed",
            "checkpoint-every", "checkpoints-per-run", "keep", "skip", "model", "optimizer");

    /**
     * The keys that do not shape the result of a run: its name, its epochs, because the steps that they give do, the steps at which it is saved, the checkpoints that are kept, the
     * records that are skipped, because a checkpoint says which were skipped before it, and the places of weights, because weights are
     * compared by content.
     */
    public static final Set<String> NOT_SHAPING = Set.of("name", "epochs", "optimizer.warm-up-epochs", "checkpoint-every",
            "checkpoints-per-run", "keep", "skip",
            TeacherSource.KEY,
            SecondTeacher.WEIGHTS,
            Start.KEY);

    private RunKeys() {
    }

    /** Several sets of keys as one. */
    @SafeVarargs
    public static Set<String> union(Set<String>... parts) {
        final Set<String> all = new HashSet<>();
        for (final Set<String> part : parts)
            all.addAll(part);
        return Set.copyOf(all);
    }
}
