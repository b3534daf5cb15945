package retort.trainer.objective;

import java.util.Locale;

/**
 * A relation between the tokens of a block: the scaled products of all tokens' queries, keys or values. Attention is the softmax of
 * {@code qk}.
 */
public enum Relation {
    QK(0, 1), VV(2, 2), QQ(0, 0), KK(1, 1);

    private final int left;
    private final int right;

    Relation(int left, int right) {
        this.left = left;
        this.right = right;
    }

    /** Left factor: 0 for queries, 1 for keys, 2 for values. */
    int left() {
        return left;
    }

    /** Right factor, as {@link #left}. */
    int right() {
        return right;
    }

    /** The name in settings. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
