package retort.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentsTest {
    @TempDir
    Path dir;

    @Test
    void anyByteOfASmallFileCountsAndItsTimesDoNot() throws Exception {
        final List<Path> files = new ArrayList<>();
        for (int i = 0; i < 1000; i++)
            files.add(Files.write(dir.resolve(i + ".bmp"), new byte[]{1, 2, (byte) i}));
        final Optional<String> before = Contents.of(files);
        for (final Path file : files)
            Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        assertThat(before).isPresent().isEqualTo(Contents.of(files));
        for (final int changed : new int[]{0, 1, 500, 999}) {
            Files.write(files.get(changed), new byte[]{9, 2, (byte) changed});
            assertThat(Contents.of(files)).as("file %d", changed).isNotEqualTo(before);
            Files.write(files.get(changed), new byte[]{1, 2, (byte) changed});
        }
        assertThat(Contents.of(files)).isEqualTo(before);
    }

    @Test
    void aLargeFileWithAnotherContentIsNoticedInItsMiddleAndAtItsEnd() throws Exception {
        final Path shard = dir.resolve("a.tar");
        write(shard, (1L << 30) - 1, 1);
        final Optional<String> before = Contents.of(List.of(shard));
        write(shard, (1L << 30) - 1, 2);
        final Optional<String> end = Contents.of(List.of(shard));
        for (long at = 1 << 28; at < (1 << 28) + (5 << 20); at += 4096) // a hundredth of the file, blocks of which are read
            write(shard, at, 3);
        assertThat(List.of(before, end, Contents.of(List.of(shard)))).doesNotHaveDuplicates();
    }

    @Test
    void aFileThatCannotBeReadIsNoError() throws Exception {
        final Path file = Files.write(dir.resolve("a"), new byte[3]);
        assertThat(Contents.of(List.of(file, dir.resolve("gone")))).isPresent().isNotEqualTo(Contents.of(List.of(file)));
        assertThat(Contents.of(List.of())).isEmpty();
    }

    private static void write(Path file, long at, int value) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(new byte[]{(byte) value}), at);
        }
    }
}
