package retort.trainer.objective;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import retort.settings.Section;
import retort.trainer.model.Operations;
import retort.trainer.model.VitShape;

/**
 * Blocks that predict the teacher's features at the patches that the teacher alone sees, from the student's projected features (AMD, arXiv
 * 2311.03149). Each aligned pair has its own. They are as wide as the teacher and have as many heads.
 *
 * @param depth number of blocks
 * @param weight weight of the prediction in the loss
 */
public record Generator(int depth, double weight) {
    /** Key of the number of blocks. */
    public static final String DEPTH = "generator-blocks";
    /** Key of the weight. */
    public static final String WEIGHT = "generation-weight";
    /** Keys that {@link #of} reads. */
    static final Set<String> KEYS = Set.of(DEPTH, WEIGHT);
    /** The keys with the values that mean the same as their absence. */
    static final Map<String, String> LATER = Map.of(DEPTH, "0", WEIGHT, "1");

    /** Empty if it has no blocks. */
    static Optional<Generator> of(Section run) {
        final int depth = run.integer(DEPTH, 0, 64);
        final double weight = run.real(WEIGHT, 0, 1e6);
        return depth == 0 ? Optional.empty() : Optional.of(new Generator(depth, weight));
    }

    /** @throws IllegalArgumentException if the teacher sees nothing that the student does not */
    void check(int visible, int teacherVisible) {
        Agreement.require(teacherVisible > visible, DEPTH + " = " + depth + " predicts what the teacher alone sees: "
                + "teacher-visible-patches must be above the student's " + visible + ", not " + teacherVisible);
    }

    /** Values of the program's attributes. */
    Map<String, Object> attributes() {
        return Map.of("generator_depth", depth, "generation_weight", weight);
    }

    /** Operations of the forward pass for one pair. The last block gives the predicted patches alone. */
    long operations(VitShape teacher, long visible, long teacherVisible) {
        final long tokens = teacherVisible + (teacher.variant().classToken() ? 1 : 0);
        return Operations.blocksFor(depth, tokens, teacherVisible - visible, teacher.width());
    }
}
