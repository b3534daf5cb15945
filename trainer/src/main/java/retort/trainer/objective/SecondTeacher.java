package retort.trainer.objective;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import retort.settings.Identity;
import retort.settings.Section;
import retort.trainer.model.Parameter;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/**
 * Another frozen teacher of an {@code align} run (MOMA, arXiv 2302.02089), with heads of its own.
 *
 * @param blocks blocks that are compared, ascending
 * @param weight weight of its part of the feature loss; the first teacher's has 1
 */
public record SecondTeacher(VitShape shape, List<Integer> blocks, double weight) {
    /** Key of its object in the settings of a run. */
    public static final String KEY = "second-teacher";
    /** Key of its weights, in the settings and, as a digest, in the identity of a run. */
    public static final String WEIGHTS = KEY + "." + TeacherSource.KEY;
    /** Keys in its object that have no effect without it. */
    public static final Set<String> OWN = Set.of(KEY + "." + Align.BLOCKS, KEY + ".weight");
    /** The beginning of the names of its tensors, beside those of the first teacher. */
    private static final String PREFIX = "second.";

    /**
     * Its settings.
     *
     * @param blocks empty for the objective's choice
     */
    public record Settings(TeacherSource from, List<Integer> blocks, double weight) {
        /** Empty if the run names no second teacher. */
        static Optional<Settings> of(Section run) {
            final Section own = run.section(KEY).only(Set.of(TeacherSource.KEY, TeacherSource.MODEL, Align.BLOCKS, "weight"));
            final List<Integer> blocks = own.integers(Align.BLOCKS);
            final double weight = own.real("weight", 0, 1e6);
            return TeacherSource.ifNamed(own).map(from -> new Settings(from, blocks, weight));
        }

        SecondTeacher with(VitShape shape) {
            return new SecondTeacher(shape, WholeTeacher.blocksOr(blocks, shape), weight);
        }
    }

    public SecondTeacher {
        blocks = List.copyOf(blocks);
    }

    /** It draws no patches, so it runs as far as its last block that is compared. */
    WholeTeacher whole() {
        return new WholeTeacher(shape, blocks, false);
    }

    /** These parameters under the names that they have beside those of the first teacher. */
    static List<Parameter> beside(List<Parameter> parameters) {
        return parameters.stream().map(each -> new Parameter(PREFIX + each.name(), each.shape(), each.start())).toList();
    }

    /** These names, or patterns of names, beside those of the first teacher. */
    static List<String> named(List<String> names) {
        return names.stream().map(PREFIX::concat).toList();
    }

    /** The tensors of all teachers of a run in one map. */
    public static Map<String, HostTensor> together(List<Teacher> teachers) {
        final Map<String, HostTensor> all = new HashMap<>();
        for (int i = 0; i < teachers.size(); i++) {
            final String prefix = i == 0 ? "" : PREFIX;
            teachers.get(i).weights().forEach((name, tensor) -> all.put(prefix + name, tensor));
        }
        return all;
    }

    /** The identity of a run with the content, the heads and the epsilon of its second teacher. */
    public static Identity in(Identity run, Teacher second) {
        return run.with(WEIGHTS, second.contentDigest()).with(KEY + ".heads", Integer.toString(second.shape().heads()))
                .with(KEY + ".epsilon", Double.toString(second.shape().variant().epsilon()));
    }

    /** Values of the program's attributes. */
    Map<String, Object> attributes() {
        return Map.of("second_heads", shape.heads(), "second_epsilon", shape.variant().epsilon(), "second_depth", whole().depth(),
                "second_blocks", blocks, "second_weight", weight);
    }
}
