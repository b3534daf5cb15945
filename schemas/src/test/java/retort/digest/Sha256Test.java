package retort.digest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class Sha256Test {
    /** The test value of FIPS 180-2, appendix B.1. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void textBytesAndFileOfEqualContentHaveOneDigest(@TempDir Path directory) throws IOException {
        final Path file = Files.writeString(directory.resolve("abc"), "abc");
        assertThat(Sha256.of("abc")).isEqualTo(ABC);
        assertThat(Sha256.of(new byte[]{'a', 'b', 'c'})).isEqualTo(ABC);
        assertThat(Sha256.of(file)).isEqualTo(new FileDigest(3, ABC));
    }

    @Test
    void aFileLargerThanOneReadIsTakenWhole(@TempDir Path directory) throws IOException {
        final byte[] bytes = new byte[(1 << 20) + 7];
        bytes[bytes.length - 1] = 1;
        assertThat(Sha256.of(Files.write(directory.resolve("large"), bytes)))
                .isEqualTo(new FileDigest(bytes.length, Sha256.of(bytes)));
    }
}
