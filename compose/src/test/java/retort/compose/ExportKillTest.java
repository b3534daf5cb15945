package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.digest.FileDigest;
import retort.digest.Sha256;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;

/** Kills the process of {@code retort export} with SIGKILL at random moments of its life. The moments are drawn from a seed. */
class ExportKillTest {
    private static final int KILLS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void theTargetIsTheOldExportOrTheNewOneAndTheNextRunLeavesNothingAside() throws Exception {
        final List<Path> sources = List.of(encoder("first", (byte) 1), encoder("second", (byte) 2));
        final Path targets = Files.createDirectory(directory.resolve("targets"));
        for (final String name : List.of("timm.safetensors", "folder")) {
            final Path target = targets.resolve(name);
            final Map<Map<String, FileDigest>, Path> whole = new HashMap<>();
            long longest = 0;
            for (final Path source : sources) {
                final long begun = System.nanoTime();
                export(source, target);
                longest = Math.max(longest, Duration.ofNanos(System.nanoTime() - begun).toMillis());
                whole.put(content(target), source);
            }
            assertThat(whole).hasSize(2);
            final SplittableRandom random = new SplittableRandom(20);
            int replaced = 0;
            for (int kill = 0; kill < KILLS / 2 || replaced == 0; kill++) {
                final Path before = whole.get(content(target));
                final Path other = sources.get(1 - sources.indexOf(before));
                try (RetortProcess export = RetortProcess.start(directory, "export", other.toString(), target.toString())) {
                    // On a machine that has become slower the first moments may all be too early.
                    export.endsWithin(Duration.ofMillis(longest * (1 + 2L * kill / KILLS) / 3 + random.nextLong(longest)));
                }
                assertThat(whole).as("after kill %d", kill).containsKey(content(target));
                replaced += other.equals(whole.get(content(target))) ? 1 : 0;
                assertThat(kill).as("kills until an export was finished before its kill").isLessThan(10 * KILLS);
            }
            export(sources.getFirst(), target);
            assertThat(whole.get(content(target))).isEqualTo(sources.getFirst());
        }
        try (Stream<Path> left = Files.list(targets)) {
            assertThat(left.map(Path::getFileName).map(Path::toString)).containsExactlyInAnyOrder("timm.safetensors", "folder");
        }
    }

    private void export(Path from, Path to) throws Exception {
        try (RetortProcess export = RetortProcess.start(directory, "export", from.toString(), to.toString())) {
            assertThat(export.await(PATIENCE)).as(export.err()).isZero();
        }
    }

    private static Map<String, FileDigest> content(Path target) throws IOException {
        final Map<String, FileDigest> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(target)) {
            for (final Path file : all.filter(Files::isRegularFile).toList())
                files.put(target.relativize(file).toString(), Sha256.of(file));
        }
        return files;
    }

    /** An encoder of timm's tiny shape, 11 MB. */
    private Path encoder(String name, byte value) {
        final Map<String, HostTensor> tensors = new HashMap<>();
        put(tensors, value, "cls_token", 1, 1, 192);
        put(tensors, value, "pos_embed", 1, 197, 192);
        put(tensors, value, "patch_embed.proj.weight", 192, 3, 16, 16);
        put(tensors, value, "patch_embed.proj.bias", 192);
        for (int block = 0; block < 12; block++) {
            final String prefix = "blocks." + block + ".";
            for (final String norm : List.of("norm1", "norm2"))
                for (final String part : List.of(".weight", ".bias"))
                    put(tensors, value, prefix + norm + part, 192);
            linear(tensors, value, prefix + "attn.qkv", 576, 192);
            linear(tensors, value, prefix + "attn.proj", 192, 192);
            linear(tensors, value, prefix + "mlp.fc1", 768, 192);
            linear(tensors, value, prefix + "mlp.fc2", 192, 768);
        }
        put(tensors, value, "norm.weight", 192);
        put(tensors, value, "norm.bias", 192);
        final Path file = directory.resolve(name + ".safetensors");
        SafeTensors.write(file, tensors, Map.of());
        return file;
    }

    private static void linear(Map<String, HostTensor> tensors, byte value, String name, long outputs, long inputs) {
        put(tensors, value, name + ".weight", outputs, inputs);
        put(tensors, value, name + ".bias", outputs);
    }

    private static void put(Map<String, HostTensor> tensors, byte value, String name, long... shape) {
        final ByteBuffer bytes = ByteBuffer
                .allocate(2 * Math.toIntExact(java.util.Arrays.stream(shape).reduce(1, Math::multiplyExact)));
        while (bytes.hasRemaining())
            bytes.put(value);
        tensors.put(name, new HostTensor(DType.F16, shape, bytes.flip()));
    }
}
