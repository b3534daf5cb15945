package retort.ingest.source.imagenet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SciPy has written the fixtures: six rows with the fields of the real file, after a matrix that is not one of these rows. */
class MatFileTest {
    static byte[] fixture(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(MatFileTest.class.getResourceAsStream("/imagenet/" + name))) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"meta.mat", "meta-plain.mat"})
    void readsNumbersAndTextsOfEachRow(String name) throws Exception {
        final List<MatFile.Row> rows = MatFile.rows(fixture(name), "synsets");
        assertThat(rows).hasSize(6);
        assertThat(rows.get(2).integer("ILSVRC2012_ID")).isEqualTo(3);
        assertThat(rows.get(2).text("WNID")).isEqualTo("n01440764");
        assertThat(rows.get(2).integer("num_children")).isZero();
        assertThat(rows.get(4).integer("num_children")).isEqualTo(4);
        assertThatThrownBy(() -> rows.get(4).text("children")).hasMessageContaining("whose children is no text");
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> MatFile.rows(fixture("meta.mat"), "other"))
                .hasMessage("it holds no array of structs called other");
        assertThatThrownBy(() -> MatFile.rows(new byte[100], "synsets")).hasMessage("it is no MAT file of level 5");
        assertThatThrownBy(() -> MatFile.rows(new byte[200], "synsets")).hasMessage("it is no MAT file of level 5");
    }

    @Test
    void anyDamageEndsInAnIoException() throws Exception {
        final Random random = new Random(1);
        for (final String name : List.of("meta.mat", "meta-plain.mat")) {
            final byte[] whole = fixture(name);
            for (int round = 0; round < 20_000; round++) {
                final byte[] damaged = random.nextInt(4) == 0
                        ? Arrays.copyOf(whole, random.nextInt(whole.length))
                        : whole.clone();
                for (int i = random.nextInt(4); i > 0 && damaged.length > 132; i--) {
                    if (random.nextBoolean())
                        damaged[random.nextInt(128, damaged.length)] = (byte) random.nextInt();
                    else
                        ByteBuffer.wrap(damaged).putInt(random.nextInt(128, damaged.length - 3), random.nextInt() | 0x7f00_0000);
                }
                try {
                    assertThat(MatFile.rows(damaged, "synsets")).hasSizeLessThan(1000);
                } catch (IOException expected) {
                    assertThat(expected).hasMessageStartingWith("it ");
                }
            }
        }
    }
}
