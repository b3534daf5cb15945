package retort.trainer.objective;

import static retort.trainer.objective.Agreement.require;

import java.util.List;
import java.util.stream.IntStream;
import retort.trainer.model.Operations;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.VitShape;
import retort.trainer.pretrained.PretrainedEncoder;

/**
 * A frozen teacher that sees every patch, some of whose blocks are compared at the patches that the student sees.
 *
 * @param blocks blocks that are compared, ascending
 * @param attentive true if its last block runs as far as the attention of its class token, whatever is compared
 */
record WholeTeacher(VitShape shape, List<Integer> blocks, boolean attentive) {
    /** MaskAlign compares the last five blocks. */
    private static final int LAST_BLOCKS = 5;

    /** The blocks that settings name, or MaskAlign's if they name none. */
    static List<Integer> blocksOr(List<Integer> named, VitShape teacher) {
        return named.isEmpty()
                ? IntStream.range(Math.max(0, teacher.depth() - LAST_BLOCKS), teacher.depth()).boxed().toList()
                : named;
    }

    /** @throws IllegalArgumentException if it sees other patches than the model, or lacks a block, or its blocks do not ascend */
    void check(VitShape vit) {
        Teacher.requireSamePatches(shape, vit);
        require(!blocks.isEmpty() && blocks.getFirst() >= 0 && blocks.getLast() < shape.depth()
                && IntStream.range(1, blocks.size()).allMatch(i -> blocks.get(i - 1) < blocks.get(i)),
                Align.BLOCKS + " must ascend and lie in 0 to " + (shape.depth() - 1) + ", the blocks of the teacher, not "
                        + blocks);
    }

    /** Number of its blocks that run; of the last, only the attention if its output is not compared. */
    int depth() {
        return attentive ? shape.depth() : blocks.getLast() + 1;
    }

    /** True if the output of the last block that runs is compared. */
    private boolean whole() {
        return blocks.getLast() == depth() - 1;
    }

    List<Parameter> parameters() {
        return whole() ? Parameters.trunk(shape, depth()) : TrunkToAttention.parameters(shape, depth() - 1);
    }

    /** Names of the tensors of a whole encoder that follow these. */
    List<String> leftOver() {
        return whole() ? PretrainedEncoder.leftOver(shape, depth()) : TrunkToAttention.leftOver(shape, depth() - 1);
    }

    /** Number of tokens that are compared, of which {@code visible} are patches. */
    long rows(int visible) {
        return visible + (shape.variant().classToken() ? 1L : 0);
    }

    long operations(int visible) {
        return Operations.embedding(shape, shape.patches()) + Operations.blocks(shape, depth() - 1, shape.patches())
                + (whole() ? Operations.lastBlock(shape, rows(visible)) : Operations.classAttention(shape));
    }
}
