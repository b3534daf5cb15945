package retort.ingest.recipe.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import retort.ingest.golden.Tensors;
import retort.ingest.recipe.resample.Filter;
import retort.random.CounterRandom;

/** Compares every operation with Pillow 13 on the same 24 x 24 image. Names are OPERATION LEVEL SIGN FILTER. */
class OperationTest {
    private static final List<Integer> FILL = List.of(124, 116, 104);

    @Test
    void everyOperationIsPillowsBitForBit() throws Exception {
        final Tensors expected = Tensors
                .read(Path.of(Objects.requireNonNull(getClass().getResource("/augment/pillow.safetensors")).toURI()));
        final Set<Operation> seen = EnumSet.noneOf(Operation.class);
        for (final String name : expected.names()) {
            if (name.equals("input"))
                continue;
            final String[] part = name.split(" ");
            final Operation operation = Operation.valueOf(part[0]);
            final Canvas canvas = new Canvas(24, 3, FILL);
            canvas.load(expected.bytes("input"), 0);
            operation.apply(canvas, new Strength(Double.parseDouble(part[1]), true, part[2].equals("-")),
                    Filter.valueOf(part[3]));
            final byte[] got = new byte[24 * 24 * 3];
            canvas.store(got, 0);
            assertThat(got).as(name).isEqualTo(expected.bytes(name));
            seen.add(operation);
        }
        assertThat(seen).isEqualTo(EnumSet.allOf(Operation.class));
    }

    @Test
    void readsTimmsNotation() {
        assertThat(RandAugment.parse("rand-m9-mstd0.5-inc1")).isEqualTo(new RandAugment(9, 2, 0.5, 10, true));
        assertThat(RandAugment.parse("rand-m7-n3-mstd101-mmax15"))
                .isEqualTo(new RandAugment(7, 3, Double.POSITIVE_INFINITY, 15, false));
        // timm 1.0.31 reads m by int(), which refuses 9.5 too
        assertThatThrownBy(() -> RandAugment.parse("rand-m9.5")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the part m9.5 wants a whole number, not 9.5");
        assertThatThrownBy(() -> RandAugment.parse("rand-mstd1.2.3")).hasMessage("the part mstd1.2.3 wants a number, not 1.2.3");
    }

    @Test
    void halfOfTheLayersChangeTheImage() {
        final byte[] pixels = new byte[16 * 16 * 3];
        for (int i = 0; i < pixels.length; i++)
            pixels[i] = (byte) (i * 37 % 200 + 20);
        final RandAugment once = RandAugment.parse("rand-m9-n1-mstd0.5-inc1");
        final Canvas canvas = new Canvas(16, 3, FILL);
        final byte[] got = new byte[pixels.length];
        int changed = 0;
        for (int i = 0; i < 1000; i++) {
            canvas.load(pixels, 0);
            once.apply(canvas, Filter.BICUBIC, CounterRandom.of(3, "augment", 0, i));
            canvas.store(got, 0);
            changed += Arrays.equals(got, pixels) ? 0 : 1;
        }
        assertThat(changed).isBetween(420, 580);
    }
}
