package retort.trainer.learn;

import java.io.Serial;

/** An image to learn a class from has none, or one that the classifier does not know. */
public final class UnknownLabelException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    UnknownLabelException(long sample, int label, int classes) {
        super("sample " + sample + (label < 0 ? " has no label" : " has label " + label) + ", and a classifier of " + classes
                + " classes takes 0 to " + (classes - 1));
    }
}
