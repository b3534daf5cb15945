package retort.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import org.junit.jupiter.api.Test;

final class CardTest {
    @Test
    void aCardSaysWhatItCanDo() {
        final Card hopper = new Card("NVIDIA H100 80GB HBM3", 85_520_809_984L, 9, 0, 12_080);
        assertThat(hopper).hasToString(
                "NVIDIA H100 80GB HBM3, 79.6 GiB, compute capability 9.0, with bfloat16, driver for CUDA 12.8");
        assertThat(new Card("Tesla T4", 1L << 34, 7, 5, 12_060).bfloat16()).isFalse();
    }

    @Test
    void aProcessorIsNoCardAndADriverThatIsNotThereDescribesNone() {
        assertThat(Card.of(Device.cpu())).isEmpty();
        assertThat(Card.of(Device.gpu(99))).isEmpty();
    }
}
