package retort.trainer.objective;

import static retort.trainer.objective.Agreement.require;

import java.util.List;
import java.util.stream.IntStream;
import retort.settings.Section;
import retort.trainer.model.VitShape;

/** A block of the student and a block of the teacher, counted from 0, whose outputs are compared. */
public record AlignedPair(int student, int teacher) {
    /**
     * The pairs that {@code student-blocks} and {@code teacher-blocks} of a run name; empty for those of its objective.
     *
     * @throws retort.settings.SettingException if one has more blocks than the other, or one of them does not ascend
     */
    static List<AlignedPair> list(Section run) {
        final List<Integer> student = run.integers("student-blocks");
        final List<Integer> teacher = run.integers("teacher-blocks");
        if (student.size() != teacher.size())
            throw run.error("teacher-blocks", teacher, "must be as many as student-blocks, " + student);
        final List<AlignedPair> pairs = IntStream.range(0, student.size())
                .mapToObj(i -> new AlignedPair(student.get(i), teacher.get(i))).toList();
        if (!ascend(pairs))
            throw run.error("student-blocks", student, "must ascend, and so must teacher-blocks, " + teacher);
        return pairs;
    }

    /**
     * Checks pairs against the shapes of both models.
     *
     * @throws IllegalArgumentException if there is none, or one names a block that its model does not have
     */
    static void check(List<AlignedPair> pairs, VitShape vit, VitShape teacher) {
        final List<Integer> students = pairs.stream().map(AlignedPair::student).toList();
        final List<Integer> teachers = pairs.stream().map(AlignedPair::teacher).toList();
        require(!pairs.isEmpty() && ascend(pairs),
                "student-blocks and teacher-blocks must ascend and name a block at least, not " + pairs);
        require(students.stream().allMatch(block -> block >= 0 && block < vit.depth()),
                "student-blocks " + students + " must lie in 0 to " + (vit.depth() - 1) + ", the blocks of the student");
        require(teachers.stream().allMatch(block -> block >= 0 && block < teacher.depth()),
                "teacher-blocks " + teachers + " must lie in 0 to " + (teacher.depth() - 1) + ", the blocks of the teacher");
    }

    /** True if the blocks ascend on both sides. */
    static boolean ascend(List<AlignedPair> pairs) {
        for (int i = 1; i < pairs.size(); i++)
            if (pairs.get(i).student() <= pairs.get(i - 1).student() || pairs.get(i).teacher() <= pairs.get(i - 1).teacher())
                return false;
        return true;
    }
}
