package retort.evaluator.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import retort.trainer.learn.Pictures;

final class ReconstructionSheetTest {
    @Test
    void showsThreeRowsWithEveryPixelEnlarged() {
        final byte[] original = {10, 20, 30, 40, 50, 60, 70, 80};
        final byte[] masked = {(byte) 200, 20, 30, 40, 50, 60, 70, 80};
        final byte[] guessed = {11, 20, 30, 40, 50, 60, 70, 81};
        final BufferedImage sheet = ReconstructionSheet.draw(new Pictures(original, masked, guessed), 2, 1);

        assertThat(sheet.getWidth()).isEqualTo(2 * 116 + 4);
        assertThat(sheet.getHeight()).isEqualTo(3 * 116 + 4);
        assertThat(sheet.getRGB(4, 4) & 0xFFFFFF).isEqualTo(10 * 0x010101);
        assertThat(sheet.getRGB(4, 4 + 116) & 0xFFFFFF).isEqualTo(200 * 0x010101);
        assertThat(sheet.getRGB(4 + 116 + 111, 4 + 2 * 116 + 111) & 0xFFFFFF).isEqualTo(81 * 0x010101);
        assertThat(sheet.getRGB(0, 0) & 0xFFFFFF).isEqualTo(0xFFFFFF);
    }
}
