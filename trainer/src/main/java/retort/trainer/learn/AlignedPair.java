package retort.trainer.learn;

/** Blocks, counted from 0, whose outputs are compared. */
public record AlignedPair(int student, int teacher) {
}
