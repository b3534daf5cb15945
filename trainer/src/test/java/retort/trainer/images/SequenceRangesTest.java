package retort.trainer.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceRangesTest {
    @Test
    void areSortedAndJoined() {
        assertThat(ranges("10-19", "3", "18-25", "26", "4")).isEqualTo(ranges("3-4", "10-26")).hasToString("3-4, 10-26");
        assertThat(ranges("3-4", "10-26").texts()).containsExactly("3-4", "10-26");
        assertThat(ranges()).isEqualTo(SequenceRanges.NONE);
    }

    @Test
    void containTheirEndsAndNothingElse() {
        final SequenceRanges ranges = ranges("3", "10-12");
        assertThat(java.util.stream.LongStream.range(0, 20).filter(ranges::contains)).containsExactly(3L, 10L, 11L, 12L);
    }

    @Test
    void aPartOfThemHasItsBeginAndNotItsEnd() {
        final SequenceRanges ranges = ranges("3", "10-12");
        assertThat(ranges.between(3, 11)).isEqualTo(ranges("3", "10"));
        assertThat(ranges.between(4, 10)).isEqualTo(SequenceRanges.NONE);
        assertThat(ranges.between(11, Long.MAX_VALUE)).isEqualTo(ranges("11-12"));
    }

    @Test
    void oneSetWithoutAnotherIsWhatTheOtherDoesNotContain() {
        assertThat(ranges("0-20").without(ranges("0-2", "5", "19-30"))).isEqualTo(ranges("3-4", "6-18"));
        assertThat(ranges("3").without(ranges("3"))).isEqualTo(SequenceRanges.NONE);
        assertThat(ranges("3").without(SequenceRanges.NONE)).isEqualTo(ranges("3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "5-3", "a", "", "1-", "1--2", "1.5", "12345678901234567890"})
    void anotherTextIsNoRange(String text) {
        assertThatThrownBy(() -> ranges(text)).isInstanceOf(IllegalArgumentException.class).hasMessage(text);
    }

    private static SequenceRanges ranges(String... texts) {
        return SequenceRanges.parse(List.of(texts));
    }
}
