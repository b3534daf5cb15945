package retort.ingest.pack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RejectionsTest {
    @Test
    void aShortTextStaysAsItIs() {
        assertThat(Rejections.bounded("")).isEmpty();
        assertThat(Rejections.bounded("a".repeat(1200))).isEqualTo("a".repeat(1200));
    }

    @Test
    void aLongTextIsCutAndSaysHowLongItWas() {
        assertThat(Rejections.bounded("k".repeat(600_000))).isEqualTo("k".repeat(1200) + "... (cut: 600,000 characters in all)");
    }

    @Test
    void noCharacterIsCutInTwo() {
        final String text = "a".repeat(1199) + "\uD83D\uDE00" + "b".repeat(50);
        assertThat(Rejections.bounded(text)).isEqualTo("a".repeat(1199) + "... (cut: 1,251 characters in all)");
    }
}
