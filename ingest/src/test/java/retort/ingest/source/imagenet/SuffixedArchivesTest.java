package retort.ingest.source.imagenet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.ingest.source.DataSource;
import retort.ingest.source.SourceException;
import retort.ingest.source.Sources;
import retort.ingest.source.Sources.Seen;
import retort.ingest.source.TinyImages;
import retort.ingest.source.tar.TarBytes;

class SuffixedArchivesTest {
    private static final List<String> SYNSETS = List.of("n01440764", "n01443537", "n01484850");

    @TempDir
    Path dir;

    @Test
    void takesTheClassFromTheEndOfTheName() throws Exception {
        final List<Seen> expected = write();
        final String uri = "imagenet-hf:" + dir + "/train_images_{0..1}.tar.gz";
        try (DataSource source = Sources.open(uri)) {
            assertThat(source.classNames()).isEqualTo(SYNSETS);
            assertThat(Sources.walk(source)).isEqualTo(expected);
            Sources.resumesAnywhere(source, expected, 1);
        }
    }

    @Test
    void takesAllClassesFromAListWhereTheArchivesHoldSomeOfThem() throws Exception {
        write();
        final Path list = dir.resolve("synsets.txt");
        Files.writeString(list, "n00000001 first\nn01440764 tench\nn01484850 shark\n");
        try (DataSource source = Sources.open("imagenet-hf:" + dir + "/train_images_0.tar.gz?classes=" + list)) {
            assertThat(source.classNames()).hasSize(3);
            final List<Seen> seen = Sources.walk(source);
            assertThat(seen.get(0).label()).isEqualTo(1);
            assertThat(seen.get(1).content()).contains("none of the classes");
        }
    }

    @Test
    void refusesAnArchiveThatIsCut() throws Exception {
        write();
        final Path first = dir.resolve("train_images_0.tar.gz");
        Files.write(first, Arrays.copyOf(Files.readAllBytes(first), 700));
        assertThatThrownBy(() -> Sources.open("imagenet-hf:" + first)).isInstanceOf(SourceException.class)
                .hasMessageContaining(first + " is").hasMessageContaining("fetch the archive again");
    }

    private List<Seen> write() throws IOException {
        final List<Seen> samples = new ArrayList<>();
        for (int shard = 0; shard < 2; shard++) {
            final String archive = "train_images_" + shard + ".tar.gz";
            final TarBytes tar = new TarBytes().file("README.md", "no image");
            for (int i = 0; i < 4; i++) {
                final int id = samples.size();
                final String name = SYNSETS.get(id % 3) + "_" + (100 + id) + "_" + SYNSETS.get(id % 3) + ".JPEG";
                final byte[] image = TinyImages.jpeg(id);
                tar.file(name, image);
                samples.add(Seen.encoded(id, archive + "/" + name, id % 3, image));
            }
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(dir.resolve(archive)))) {
                out.write(tar.end());
            }
        }
        return samples;
    }
}
