package retort.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoresTest {
    @TempDir
    private Path folder;

    @Test
    void hardwareThreadsOfACoreCountOnce() throws IOException {
        for (int processor = 0; processor < 8; processor++)
            describe(processor, processor / 4, processor % 2);

        assertThat(Cores.physical(folder, 8)).as("two packages of two cores").isEqualTo(4);
        assertThat(Cores.physical(folder, 3)).as("a container with three of the processors").isEqualTo(3);
    }

    @Test
    void whereNobodyTellsEachProcessorIsACore() {
        assertThat(Cores.physical(folder, 6)).isEqualTo(6);
        assertThat(Cores.physical(folder.resolve("none"), 6)).isEqualTo(6);
        assertThat(Cores.physical()).isBetween(1, Runtime.getRuntime().availableProcessors());
    }

    private void describe(int processor, int packageId, int core) throws IOException {
        final Path topology = Files.createDirectories(folder.resolve("cpu" + processor + "/topology"));
        Files.writeString(topology.resolve("physical_package_id"), packageId + "\n");
        Files.writeString(topology.resolve("core_id"), core + "\n");
    }
}
