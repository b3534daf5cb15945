package retort.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of the same size that were replaced in sets of which not every file is sampled. */
class ChangesTest {
    private static final Instant BEGAN = Instant.parse("2026-01-02T03:04:05Z");
    private static final int FILES = 1500;

    @TempDir
    Path folder;

    private Path file(int i) {
        return folder.resolve("ant").resolve("%04d.jpg".formatted(i));
    }

    private void write(int i, String content, Instant time) throws IOException {
        Files.writeString(file(i), content);
        Files.setLastModifiedTime(file(i), FileTime.from(time));
    }

    @Test
    void oneReplacedFileIsNamedAndACopyIsNot() throws Exception {
        Files.createDirectory(folder.resolve("ant"));
        for (int i = 0; i < FILES; i++)
            write(i, "old", BEGAN.minusSeconds(i + 1));
        try (DataSource source = Sources.open("folder:" + folder)) {
            final var before = source.findings();
            assertThat(source.changedSince(BEGAN)).isEmpty();
            write(3, "new", BEGAN.plusSeconds(1)); // no sample of its bytes is in the identity
            assertThat(source.changedSince(BEGAN)).get().asString()
                    .startsWith("1 of 1500 files were written after the stream began")
                    .contains(file(3).toString()).contains("another stream name");
            try (DataSource again = Sources.open("folder:" + folder)) {
                assertThat(again.findings().listing()).isEqualTo(before.listing());
                assertThat(again.findings().contents()).isEqualTo(before.contents());
            }
            for (int i = 0; i < FILES; i++)
                Files.setLastModifiedTime(file(i), FileTime.from(BEGAN.plusSeconds(5)));
            assertThat(source.changedSince(BEGAN)).as("a copy without its times").isEmpty();
        }
    }

    @Test
    void smallSetsAreToldByTheirContent() throws Exception {
        Files.createDirectory(folder.resolve("ant"));
        for (int i = 0; i < 3; i++)
            write(i, "old", BEGAN.minusSeconds(1));
        write(1, "new", BEGAN.plusSeconds(1));
        try (DataSource source = Sources.open("folder:" + folder)) {
            assertThat(source.changedSince(BEGAN)).isEmpty();
        }
    }
}
