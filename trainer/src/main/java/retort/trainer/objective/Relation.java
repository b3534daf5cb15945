package retort.trainer.objective;

import java.util.Locale;

/**
 * What is related to what in a block's attention: the scaled products of all tokens' queries, keys or values, as {@code qk}, which
 * attention is made of.
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
