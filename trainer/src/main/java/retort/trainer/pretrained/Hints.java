package retort.trainer.pretrained;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import retort.trainer.model.Mlp;
import retort.trainer.model.PositionGrid;

/**
 * Facts about an encoder that its tensors do not hold.
 *
 * @param heads attention heads of a block
 * @param epsilon epsilon of every LayerNorm
 * @param mlp the MLP of a block; the MLPs with a GELU have the same tensors
 * @param positions the way in which its library resizes its position table
 * @param isNamed true if the architecture is known by name, so that it is not mistaken for another one with the same tensors
 */
public record Hints(OptionalInt heads, OptionalDouble epsilon, Optional<Mlp> mlp, Optional<PositionGrid.Way> positions,
        boolean isNamed) {
    /** No facts. */
    public static final Hints NONE = new Hints(OptionalInt.empty(), OptionalDouble.empty(), Optional.empty());

    /** Facts about an architecture without a name. */
    public Hints(OptionalInt heads, OptionalDouble epsilon, Optional<Mlp> mlp) {
        this(heads, epsilon, mlp, Optional.empty(), false);
    }

    /** The number of heads, and no other fact. */
    public static Hints ofHeads(int heads) {
        return new Hints(OptionalInt.of(heads), OptionalDouble.empty(), Optional.empty());
    }

    /** These facts. A fact that is missing here is taken from {@code others}. */
    public Hints or(Hints others) {
        return new Hints(heads.isPresent() ? heads : others.heads, epsilon.isPresent() ? epsilon : others.epsilon,
                mlp.or(others::mlp), positions.or(others::positions), isNamed || others.isNamed);
    }
}
