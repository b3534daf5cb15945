package retort.trainer.objective;

import java.util.List;

/** A block of the student and a block of the teacher, counted from 0, whose outputs are compared. */
public record AlignedPair(int student, int teacher) {
    /** True if the blocks ascend on both sides. */
    static boolean ascend(List<AlignedPair> pairs) {
        for (int i = 1; i < pairs.size(); i++)
            if (pairs.get(i).student() <= pairs.get(i - 1).student() || pairs.get(i).teacher() <= pairs.get(i - 1).teacher())
                return false;
        return true;
    }
}
