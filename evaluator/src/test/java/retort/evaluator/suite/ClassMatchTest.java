package retort.evaluator.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import retort.record.Stream;

class ClassMatchTest {
    private static final String PROBE = "stream probe";

    @Test
    void labelsBecomeTheNumbersOfTheSameNames() {
        final ClassMatch match = ClassMatch.of(val("cow", "ant"), List.of("ant", "bee", "cow"), PROBE);

        assertThat(match.answers(new int[]{0, 1, -1, -9}, new long[]{1, 2, 3, 4})).containsExactly(2, 0, -1, -1);
        assertThat(match.summary())
                .isEqualTo(
                        "classes of stream val were matched by name with those of stream probe: 2 of 3, without images of bee");
    }

    @Test
    void equalListsMatchEvenWithANameThatStandsTwice() {
        final ClassMatch match = ClassMatch.of(val("crane", "dog", "crane"), List.of("crane", "dog", "crane"), PROBE);

        assertThat(match.answers(new int[]{0, 1, 2}, new long[3])).containsExactly(0, 1, 2);
    }

    @Test
    void aClassThatIsNotKnownAndANameThatStandsTwiceAreRefused() {
        assertThatThrownBy(() -> ClassMatch.of(val("ant", "bees"), List.of("ant", "bee"), PROBE))
                .isInstanceOf(CheckpointRefusedException.class).hasMessageContaining("has not: bees; known there are ant, bee");
        assertThatThrownBy(() -> ClassMatch.of(val("crane"), List.of("crane", "dog", "crane"), PROBE))
                .isInstanceOf(CheckpointRefusedException.class).hasMessageContaining("the name crane stands twice");
    }

    /** The same folder from macOS (an e and an accent) and from Linux (one letter). Names that differ in case are two names. */
    @Test
    void namesMatchInEveryUnicodeFormAndNotInAnotherCase() {
        final ClassMatch match = ClassMatch.of(val("cafe\u0301", "ant"), List.of("ant", "caf\u00e9"), PROBE);

        assertThat(match.answers(new int[]{0, 1}, new long[2])).containsExactly(1, 0);
        assertThatThrownBy(() -> ClassMatch.of(val("Ant"), List.of("ant"), PROBE)).hasMessageContaining("has not: Ant");
    }

    @Test
    void aLabelWithoutANameIsRefused() {
        final ClassMatch match = ClassMatch.of(val("ant"), List.of("ant"), PROBE);

        assertThatThrownBy(() -> match.answer(1, 77)).isInstanceOf(CheckpointRefusedException.class)
                .hasMessage("image 77 of stream val has label 1, but the stream names only 1 classes");
    }

    private static Stream val(String... names) {
        return Stream.newBuilder().setName("val").setSource("test").setRecipe("none").setSeed(0).setChannels(1).setHeight(2)
                .setWidth(3).setMean(List.of(0.5)).setStd(List.of(0.5)).setClassNames(List.of(names)).setImagesPerRecord(5)
                .setPartitions(1).setSettingsHash("").setCreatedAt(Instant.EPOCH).build();
    }
}
