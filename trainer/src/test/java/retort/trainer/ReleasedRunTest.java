package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import retort.trainer.weights.HostTensor;

/**
 * Goes on with runs that earlier releases began. {@code released/N} in the test resources holds a settings file and the checkpoints of
 * a teacher and a student as release N wrote them, and is never changed: a test that fails here means that the present code orphans the runs of
 * people.
 */
class ReleasedRunTest extends RealTraining {
    /** Another processor rounds sums in another way, and the first two steps were taken on the machine of the release. */
    private static final float ROUNDING = 1e-4f;

    @Test
    void aRunOfReleaseOneGoesOnUnderItsOwnSettings() throws IOException {
        final Path release = Path.of("src/test/resources/released/1");
        copy(release.resolve("checkpoints"), checkpoints);
        final String settings = Files.readString(release.resolve("run.conf"), StandardCharsets.UTF_8);
        SmallStream.create(broker, "train").publish(20);

        train(settings);
        train(settings.replace("name = released", "name = calm"));

        assertThat(last("released").state().step()).isEqualTo(6);
        assertThat(last("released").state().identity()).isEqualTo(last("calm").state().identity());
        final Map<String, HostTensor> calm = last("calm").weights();
        last("released").weights()
                .forEach((name, tensor) -> assertClose(name, tensor, Objects.requireNonNull(calm.get(name), name)));
    }

    /**
     * The biases of keys are left out. They add the same number to all scores of a query, which the softmax takes away again, so their
     * gradient is zero but for rounding, and AdamW divides this rounding by its own size.
     */
    private static void assertClose(String name, HostTensor found, HostTensor expected) {
        final FloatBuffer left = found.view().order(ByteOrder.nativeOrder()).asFloatBuffer();
        final FloatBuffer right = expected.view().order(ByteOrder.nativeOrder()).asFloatBuffer();
        final int size = left.remaining();
        assertThat(size).as(name).isEqualTo(right.remaining());
        for (int i = 0; i < size; i++)
            if (!name.endsWith("attn.qkv.bias") || i < size / 3 || i >= 2 * size / 3)
                assertThat(left.get(i)).as(name + " at " + i).isEqualTo(right.get(i), within(ROUNDING));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.forEach(file -> {
                try {
                    final Path target = to.resolve(from.relativize(file).toString());
                    if (Files.isDirectory(file))
                        Files.createDirectories(target);
                    else
                        Files.copy(file, target);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
