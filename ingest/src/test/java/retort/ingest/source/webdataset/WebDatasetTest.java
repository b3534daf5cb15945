package retort.ingest.source.webdataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.ingest.source.DataSource;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.ShardedSource;
import retort.ingest.source.SourceException;
import retort.ingest.source.Sources;
import retort.ingest.source.Sources.Seen;
import retort.ingest.source.TinyImages;
import retort.ingest.source.tar.TarBytes;

class WebDatasetTest {
    @TempDir
    Path dir;

    @Test
    void readsPlainShardsAtAnySample() throws Exception {
        final List<Seen> expected = writeShards(".tar");
        try (DataSource source = Sources.open("webdataset:" + dir + "/imagenet1k-train-{0000..0002}.tar")) {
            assertThat(source).isInstanceOf(IndexedSource.class);
            assertThat(source.classNames()).hasSize(7).startsWith("0", "1");
            assertThat(Sources.walk(source)).isEqualTo(expected);
            Sources.resumesAnywhere(source, expected, 1);
        }
    }

    @Test
    void readsCompressedShardsForwardFromAnySample() throws Exception {
        final List<Seen> expected = writeShards(".tar.gz");
        final String uri = "webdataset:" + dir + "/imagenet1k-train-{0000..0002}.tar.gz";
        try (DataSource source = Sources.open(uri)) {
            assertThat(source).isInstanceOf(ShardedSource.class);
            assertThat(source.classNames()).hasSize(7);
            assertThat(Sources.walk(source)).isEqualTo(expected);
            Sources.resumesAnywhere(source, expected, 2);
        }
        writeInfo(4, 4, 4);
        try (DataSource source = Sources.open(uri)) {
            assertThat(source.classNames()).isEmpty(); // nothing was read to know them
            assertThat(Sources.walk(source)).isEqualTo(expected);
        }
        Files.writeString(dir.resolve("classnames.txt"), "tench\ngoldfish\n\n");
        try (DataSource source = Sources.open(uri)) {
            assertThat(source.classNames()).containsExactly("tench", "goldfish");
        }
    }

    @Test
    void readsPlainShardsForwardWhenAsked() throws Exception {
        final List<Seen> expected = writeShards(".tar");
        writeInfo(4, 4, 4);
        try (DataSource source = Sources.open("webdataset:" + dir + "/imagenet1k-train-*.tar?access=forward")) {
            assertThat(source).isInstanceOf(ShardedSource.class);
            assertThat(Sources.walk(source)).isEqualTo(expected);
            Sources.resumesAnywhere(source, expected, 3);
        }
    }

    @Test
    void groupsMembersAsWebDatasetDoes() throws Exception {
        final byte[] image = TinyImages.png(1);
        write("a.tar", new TarBytes()
                .file("__meta__", "skipped")
                .file("no-extension", "skipped")
                .file(".hidden.jpg", "skipped")
                .file("dir.with.dots/._key.JPG", "what a Mac keeps beside the file").file("dir.with.dots/._key.cls", "7")
                .file("dir.with.dots/key.JPG", image).file("dir.with.dots/key.cls", " 3\n")
                .file("other/key.cls", "4").file("other/key.seg.png", "not the image").file("other/key.png", image)
                .file("text-only.cls", "5").file("text-only.txt", "no image: no sample")
                .file("j.json", "{\"label\": 6, \"width\": 8}").file("j.webp", image)
                .file("j.webp", image).file("j.json", "no json at all")
                .file("../up/k.jpeg", image).file("../up/k.json", "{\"label\": 9}").file("../up/k.cls", "1")
                .end());
        try (DataSource source = Sources.open("webdataset:" + dir + "/a.tar")) {
            assertThat(Sources.walk(source)).containsExactly(
                    Seen.encoded(0, "a.tar/dir.with.dots/key.JPG", 3, image),
                    Seen.encoded(1, "a.tar/other/key.png", 4, image),
                    Seen.encoded(2, "a.tar/j.webp", 6, image),
                    Seen.encoded(3, "a.tar/j.webp", -1, image),
                    Seen.encoded(4, "a.tar/../up/k.jpeg", 1, image));
        }
    }

    @Test
    void aSampleThatCannotBeReadIsAnErrorOfItsOwn() throws Exception {
        final byte[] image = TinyImages.jpeg(1);
        final byte[] shard = new TarBytes().file("a.jpg", image).file("a.cls", "cat")
                .file("b.jpg", new byte[(32 << 20) + 1]).file("b.cls", "1")
                .file("c.jpg", image).file("c.cls", "2").end();
        write("a.tar", shard);
        write("a.tar.gz", gzip(shard));
        for (final String name : List.of("a.tar", "a.tar.gz")) {
            try (DataSource source = Sources.open("webdataset:" + dir + "/" + name)) {
                final List<Seen> seen = Sources.walk(source);
                assertThat(seen).hasSize(3);
                assertThat(seen.get(0).content()).isEqualTo(dir + "/" + name + ": a.cls holds no class index");
                assertThat(seen.get(1).content())
                        .isEqualTo(dir + "/" + name + ": b.jpg has 33554433 bytes, more than 33554432");
                assertThat(seen.get(2)).isEqualTo(Seen.encoded(2, name + "/c.jpg", 2, image));
            }
        }
    }

    @Test
    void aDamagedShardStopsTheStartWhereShardsAreCounted() throws Exception {
        writeShards(".tar");
        final Path second = dir.resolve("imagenet1k-train-0001.tar");
        final byte[] whole = Files.readAllBytes(second);
        Files.write(second, Arrays.copyOf(whole, 1900));
        assertThatThrownBy(() -> Sources.open("webdataset:" + dir + "/imagenet1k-train-{0000..0002}.tar"))
                .isInstanceOf(SourceException.class).hasMessageContaining(second + " is cut").hasMessageContaining("fetch");
        Files.write(second, gzip(whole));
        assertThatThrownBy(() -> Sources.open("webdataset:" + second)).hasMessageContaining("damaged at byte 0");
        Files.move(second, dir.resolve("b.tar.gz"));
        Files.write(dir.resolve("b.tar.gz"), Arrays.copyOf(gzip(whole), 300));
        assertThatThrownBy(() -> Sources.open("webdataset:" + dir + "/b.tar.gz")).isInstanceOf(SourceException.class)
                .hasMessageContaining("b.tar.gz");
        write("c.tar.gz", whole);
        assertThatThrownBy(() -> Sources.open("webdataset:" + dir + "/c.tar.gz")).isInstanceOf(SourceException.class)
                .hasMessageContaining("c.tar.gz is no gzip file");
    }

    @Test
    void aCutShardWithALengthRejectsTheSamplesThatItLacksBeforeAndAfterAResume() throws Exception {
        final List<Seen> whole = writeShards(".tar.gz");
        writeInfo(4, 4, 4);
        final Path second = dir.resolve("imagenet1k-train-0001.tar.gz");
        final byte[] bytes = Files.readAllBytes(second);
        Files.write(second, Arrays.copyOf(bytes, bytes.length * 3 / 4));
        try (DataSource source = Sources.open("webdataset:" + dir + "/imagenet1k-train-*.tar.gz")) {
            final List<Seen> seen = Sources.walk(source);
            assertThat(seen).hasSize(12);
            assertThat(seen.subList(0, 5)).isEqualTo(whole.subList(0, 5));
            assertThat(seen.get(7).content()).contains(second + " is cut");
            assertThat(seen.subList(8, 12)).isEqualTo(whole.subList(8, 12));
            Sources.resumesAnywhere(source, seen, 4);
        }
        writeInfo(4, 4, 6);
        try (DataSource source = Sources.open("webdataset:" + dir + "/imagenet1k-train-*.tar.gz")) {
            assertThat(Sources.walk(source).get(13).content()).contains("imagenet1k-train-0002.tar.gz ends sooner");
        }
    }

    @Test
    void refusesAListOfLengthsThatLies() throws Exception {
        writeShards(".tar.gz");
        final String uri = "webdataset:" + dir + "/imagenet1k-train-*.tar.gz";
        for (final String info : List.of("{\"splits\": {\"train\": {\"filenames\": [\"a.tar\"], \"shard_lengths\": []}}}",
                "{\"splits\": {\"train\": {\"filenames\": [\"a.tar\"], \"shard_lengths\": [-1]}}}",
                "{\"splits\": {\"train\": {\"filenames\": [\"a.tar\"], \"shard_lengths\": [1e400]}}}",
                "{\"splits\": ", "[".repeat(100_000))) {
            Files.writeString(dir.resolve("_info.json"), info);
            assertThatThrownBy(() -> Sources.open(uri)).isInstanceOf(SourceException.class).hasMessageContaining("_info.json");
        }
    }

    @Test
    void namesTheFileThatIsMissingAndPatternsThatAreTooLarge() throws Exception {
        writeShards(".tar");
        assertThatThrownBy(() -> Sources.open("webdataset:" + dir + "/imagenet1k-train-{0000..0003}.tar"))
                .isInstanceOf(SourceException.class)
                .hasMessageEndingWith("there is no file " + dir + "/imagenet1k-train-0003.tar");
        assertThatThrownBy(() -> Sources.open("webdataset:" + dir + "/x-{0..999999999}.tar"))
                .hasMessageContaining("names more than 1000000 files");
        assertThatThrownBy(() -> Sources.open("webdataset:" + dir + "/x-{0..9999}-{0..9999}.tar"))
                .hasMessageContaining("names more than 1000000 files");
        assertThatThrownBy(() -> Sources.open("webdataset:" + dir + "/none-*.tar")).hasMessageContaining("there is no file");
    }

    /** Three shards of four samples, labels 0 to 6. */
    private List<Seen> writeShards(String suffix) throws IOException {
        final List<Seen> samples = new ArrayList<>();
        for (int shard = 0; shard < 3; shard++) {
            final String name = "imagenet1k-train-000" + shard + suffix;
            final TarBytes tar = new TarBytes();
            for (int i = 0; i < 4; i++) {
                final int id = samples.size();
                final byte[] image = i % 2 == 0 ? TinyImages.jpeg(id) : TinyImages.png(id);
                final String key = "n0144076" + i + "_" + id;
                tar.file(key + ".cls", String.valueOf(id % 7)).file(key + (i % 2 == 0 ? ".jpg" : ".png"), image)
                        .file(key + ".json", "{\"filename\": \"" + key + "\"}");
                samples.add(Seen.encoded(id, name + "/" + key + (i % 2 == 0 ? ".jpg" : ".png"), id % 7, image));
            }
            write(name, suffix.endsWith(".gz") ? gzip(tar.end()) : tar.end());
        }
        return samples;
    }

    private void writeInfo(int... lengths) throws IOException {
        final List<String> names = new ArrayList<>();
        for (int shard = 0; shard < lengths.length; shard++)
            for (final String suffix : List.of(".tar", ".tar.gz"))
                names.add("imagenet1k-train-000" + shard + suffix);
        Files.writeString(dir.resolve("_info.json"), "{\"splits\": {\"train\": {\"name\": \"train\", \"filenames\": [\""
                + String.join("\", \"", names) + "\"], \"shard_lengths\": "
                + Arrays.toString(Arrays.stream(lengths).flatMap(n -> Arrays.stream(new int[]{n, n})).toArray()) + "}}}");
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(dir.resolve(name), content);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }
}
