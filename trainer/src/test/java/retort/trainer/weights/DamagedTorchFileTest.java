package retort.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.pickle.Pickle;
import retort.pickle.PickleException;

/** Changes bytes. The result is data or an ordinary error. Memory and stack never run out, and no read hangs. */
@Timeout(60)
class DamagedTorchFileTest {
    private static final int ROUNDS = 1000;

    @TempDir
    Path directory;

    private final SplittableRandom random = new SplittableRandom(1);

    @ParameterizedTest
    @ValueSource(strings = {"ckpt-legacy.pth", "ckpt-bare-zip.pth", "ckpt-newer-zip.pth"})
    void answersADamagedFileWithDataOrAnOrdinaryError(String name) throws IOException {
        final byte[] whole = Files.readAllBytes(golden(name));
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final Path bad = Files.write(directory.resolve(round + name), Damage.of(whole, random));
            try {
                WeightsFile.read(bad).values().forEach(HostTensor::view);
            } catch (WeightsException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(ROUNDS / 4, ROUNDS);
    }

    @Test
    void answersADamagedPickleWithDataOrAnOrdinaryError() throws IOException {
        final byte[] whole;
        try (ZipFile zip = new ZipFile(golden("ckpt-zip.pth").toFile())) {
            whole = zip.getInputStream(zip.getEntry("ckpt-zip/data.pkl")).readAllBytes();
        }
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++)
            try {
                Pickle.read(ByteBuffer.wrap(Damage.of(whole, random)), TorchNames::known);
            } catch (PickleException e) {
                refused++;
            }
        assertThat(refused).isBetween(ROUNDS / 4, ROUNDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"]", "}", "(", "N", "]q\0"}) // endless lists, dictionaries, marks, values, memo entries
    void stopsAPickleThatGrowsWithoutEnd(String growth) {
        final byte[] bomb = growth.repeat(4_000_000).getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> Pickle.read(ByteBuffer.wrap(bomb), TorchNames::known))
                .isInstanceOf(PickleException.class).hasMessageContaining("500000 steps");
    }

    private static Path golden(String name) {
        try {
            return Path.of(DamagedTorchFileTest.class.getResource("/golden/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
