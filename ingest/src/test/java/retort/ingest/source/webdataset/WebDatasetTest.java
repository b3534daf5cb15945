package retort.ingest.source.webdataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;
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
            assertThat(source.classNames()).isEmpty(); // no shard is read to learn the names
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
                assertThat(seen.get(0).content()).startsWith(dir + "/" + name + ": a.jpg: label 'cat' is no class index");
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
        Files.move(second, dir.resolve("b.tar.gz"));
        Files.write(dir.resolve("b.tar.gz"), Arrays.copyOf(gzip(whole), 300));
        assertThatThrownBy(() -> Sources.open("webdataset:" + dir + "/b.tar.gz")).isInstanceOf(SourceException.class)
                .hasMessageContaining("b.tar.gz");
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

    /** The file name does not decide the compression: webdataset 1.0.2 uses tarfile's mode "r|*", which looks at the content. */
    @Test
    void aShardsContentTellsHowItIsCompressed() throws Exception {
        final byte[] shard = new TarBytes().file("a.jpg", TinyImages.jpeg(1)).file("a.cls", "1").file("b.png", TinyImages.png(2))
                .file("b.cls", "0").end();
        final Map<String, byte[]> files = Map.of("plain.tar.gz", shard, "gzip.tar", gzip(shard), "xz.tgz",
                through(shard, out -> new XZOutputStream(out, new LZMA2Options(0))), "bzip2",
                through(shard, BZip2CompressorOutputStream::new),
                "zstd.tar", through(shard, ZstdOutputStream::new));
        for (final Map.Entry<String, byte[]> file : files.entrySet()) {
            write(file.getKey(), file.getValue());
            try (DataSource source = Sources.open("webdataset:" + dir + "/" + file.getKey())) {
                assertThat(source instanceof IndexedSource).as(file.getKey()).isEqualTo(file.getKey().startsWith("plain"));
                final List<Seen> expected = List.of(Seen.encoded(0, file.getKey() + "/a.jpg", 1, TinyImages.jpeg(1)),
                        Seen.encoded(1, file.getKey() + "/b.png", 0, TinyImages.png(2)));
                assertThat(Sources.walk(source)).isEqualTo(expected);
                Sources.resumesAnywhere(source, expected, 5);
            }
            if (!file.getKey().startsWith("plain")) {
                write("cut", Arrays.copyOf(file.getValue(), file.getValue().length - 40));
                assertThatThrownBy(() -> Sources.open("webdataset:" + dir + "/cut")).isInstanceOf(SourceException.class)
                        .hasMessageContaining(dir + "/cut is");
            }
        }
        write("e.zip", new byte[]{'P', 'K', 3, 4, 0, 0, 0, 0});
        assertThatThrownBy(() -> Sources.open("webdataset:" + dir + "/e.zip")).isInstanceOf(SourceException.class)
                .hasMessageContaining("e.zip is no tar but a ZIP archive");
    }

    /** {@code to_tuple("jpg;jpeg;png;webp", "cls")} of webdataset 1.0.2 takes the first of these keys that a sample has, in any order. */
    @Test
    void theKeyChoosesTheImageAndNotItsPlace() throws Exception {
        final byte[] photo = TinyImages.jpeg(1);
        final byte[] mask = TinyImages.png(2);
        final byte[] third = TinyImages.png(3);
        final byte[] shard = new TarBytes().file("a.png", mask).file("a.jpg", photo).file("a.cls", "0")
                .file("b.webp", third).file("b.png", mask).file("b.jpeg", photo).file("b.cls", "1")
                .file("c.seg.png", mask).file("c.jpg", photo).file("c.v2.jpg", third).file("c.cls", "2")
                .file("d.left.png", mask).file("d.right.png", third).file("d.cls", "3").end();
        write("a.tar", shard);
        write("a.tar.gz", gzip(shard));
        for (final String name : List.of("a.tar", "a.tar.gz")) {
            try (DataSource source = Sources.open("webdataset:" + dir + "/" + name)) {
                assertThat(Sources.walk(source)).containsExactly(Seen.encoded(0, name + "/a.jpg", 0, photo),
                        Seen.encoded(1, name + "/b.jpeg", 1, photo), Seen.encoded(2, name + "/c.jpg", 2, photo));
                assertThat(source.findings().passedOver().counts()).containsOnly(
                        entry("second image of a sample, under a later key", 3L),
                        entry("sample whose image has another key, such as right.png: choose it with image=KEY", 1L),
                        entry("label whose sample has no image", 1L));
            }
            try (DataSource source = Sources.open("webdataset:" + dir + "/" + name + "?image=LEFT.png;seg.png;png")) {
                assertThat(Sources.walk(source)).containsExactly(Seen.encoded(0, name + "/a.png", 0, mask),
                        Seen.encoded(1, name + "/b.png", 1, mask), Seen.encoded(2, name + "/c.seg.png", 2, mask),
                        Seen.encoded(3, name + "/d.left.png", 3, mask));
            }
        }
    }

    /** Expects {@code base_plus_ext} of webdataset 1.0.2: ("n01.5", ...) is the sample "n01" with the key "5.jpg". */
    @Test
    void aKeyWithDotsBelongsToTheSampleBeforeItsFirstDot() throws Exception {
        write("a.tar", new TarBytes().file("n01.5.jpg", TinyImages.jpeg(1)).file("n01.6.jpg", TinyImages.jpeg(2))
                .file("v1.0/x.jpg", TinyImages.jpeg(3)).file("v1.0/x.meta.cls", "7").file("v1.0/x.cls", "1").end());
        try (DataSource source = Sources.open("webdataset:" + dir + "/a.tar")) {
            assertThat(Sources.walk(source)).containsExactly(Seen.encoded(0, "a.tar/v1.0/x.jpg", 1, TinyImages.jpeg(3)));
            assertThat(source.findings().passedOver().counts())
                    .containsOnly(entry("sample whose image has another key, such as 6.jpg: choose it with image=KEY", 1L),
                            entry("not read, though it sounds like a label: meta.cls", 1L));
        }
    }

    @Test
    void labelsApartFromTheirImagesAreFoundOrCounted() throws Exception {
        final byte[] shard = new TarBytes().file("a.cls", "4").file("b.cls", "5").file("lost.cls", "6")
                .file("a.jpg", TinyImages.jpeg(1))
                .file("b.jpg", TinyImages.jpeg(2)).end();
        write("a.tar", shard);
        write("a.tar.gz", gzip(shard));
        try (DataSource source = Sources.open("webdataset:" + dir + "/a.tar")) {
            assertThat(Sources.walk(source)).extracting(Seen::label).containsExactly(4, 5);
            assertThat(source.findings().remarks())
                    .containsExactly(
                            "2 labels do not stand beside their image and were found by their key elsewhere in the shard");
            assertThat(source.findings().passedOver().counts()).containsEntry("label whose sample has no image", 3L);
        }
        try (DataSource source = Sources.open("webdataset:" + dir + "/a.tar.gz")) {
            final List<Seen> seen = Sources.walk(source);
            assertThat(seen).as("a compressed shard that is counted").extracting(Seen::label).containsExactly(4, 5);
            assertThat(source.findings().passedOver().counts()).containsEntry("label whose sample has no image", 3L);
            Sources.resumesAnywhere(source, seen, 7);
        }
    }

    @Test
    void aListThatHoldsTheNamesBesideTheShardsReordersThemAndAnotherOneRenamesThem() throws Exception {
        write("a.tar", new TarBytes().file("a.jpg", TinyImages.jpeg(1)).file("a.cls", "0").file("b.jpg", TinyImages.jpeg(2))
                .file("b.cls", "1").file("c.jpg", TinyImages.jpeg(3)).file("c.cls", "bee").end());
        Files.writeString(dir.resolve("classnames.txt"), "ant\nbee\n");
        final Path list = Files.writeString(dir.resolve("list.txt"), "bee\ncow\nant\n");
        try (DataSource source = Sources.open("webdataset:" + dir + "/a.tar?classes=" + list)) {
            assertThat(source.classNames()).containsExactly("bee", "cow", "ant");
            assertThat(Sources.walk(source)).extracting(Seen::label).containsExactly(2, 0, 0);
        }
        Files.writeString(list, "Ameise\nBiene\n");
        try (DataSource source = Sources.open("webdataset:" + dir + "/a.tar?classes=" + list)) {
            assertThat(Sources.walk(source)).extracting(Seen::label).containsExactly(0, 1, -1);
        }
    }

    /** A label under another name is no "no label": usual names are read, and where none is there a person has to say. */
    @Test
    void aLabelUnderAnotherNameIsReadOrAskedFor() throws Exception {
        write("usual.tar", new TarBytes().file("a.jpg", TinyImages.jpeg(1)).file("a.label", "1").file("b.jpg", TinyImages.jpeg(2))
                .file("b.class", "2").file("b.cls", "3").file("c.jpg", TinyImages.jpeg(3)).file("c.json", "{\"target\": 2}")
                .file("d.jpg", TinyImages.jpeg(4)).end());
        try (DataSource source = Sources.open("webdataset:" + dir + "/usual.tar")) {
            assertThat(Sources.walk(source)).extracting(Seen::label).containsExactly(1, 3, 2, -1);
            assertThat(source.findings().remarks()).containsExactly("1 of 4 samples have no label");
        }
        write("other.tar",
                new TarBytes().file("a.jpg", TinyImages.jpeg(1)).file("a.cls.txt", "1").file("b.jpg", TinyImages.jpeg(2))
                        .file("b.json", "{\"category_id\": 2, \"x\": {\"label\": 1}}").end());
        write("other.tar.gz", gzip(Files.readAllBytes(dir.resolve("other.tar"))));
        for (final String name : List.of("other.tar", "other.tar.gz")) {
            final String uri = "webdataset:" + dir + "/" + name;
            assertThatThrownBy(() -> Sources.open(uri)).isInstanceOf(SourceException.class)
                    .hasMessageContaining("[cls.txt, field category_id of json], which sound like labels")
                    .hasMessageContaining("label=KEY, or leave labels out with label=");
            try (DataSource named = Sources.open(uri + "?label=cls.txt");
                    DataSource field = Sources.open(uri + "?label=category_id");
                    DataSource none = Sources.open(uri + "?label=")) {
                assertThat(Sources.walk(named)).extracting(Seen::label).containsExactly(1, -1);
                assertThat(Sources.walk(field)).extracting(Seen::label).containsExactly(-1, 2);
                assertThat(Sources.walk(none)).extracting(Seen::label).containsExactly(-1, -1);
            }
        }
    }

    @Test
    void aLabelThatIsNoTextRejectsItsSampleAndAByteOrderMarkIsNone() throws Exception {
        write("a.tar", new TarBytes().file("a.jpg", TinyImages.jpeg(1)).file("a.cls", new byte[]{(byte) 0x80, 4, 'K', 1, '.'})
                .file("b.jpg", TinyImages.jpeg(2)).file("b.cls", "\ufeff1\r\n").file("c.jpg", TinyImages.jpeg(3))
                .file("c.cls", "1\0")
                .end());
        try (DataSource source = Sources.open("webdataset:" + dir + "/a.tar")) {
            final List<Seen> seen = Sources.walk(source);
            assertThat(seen).extracting(Seen::label).containsExactly(-1, 1, -1);
            assertThat(seen.get(0).content()).contains("no class name: it has control characters");
            assertThat(seen.get(2).content()).contains("no class name: it has control characters");
        }
    }

    /** GNU tar writes a second name of one file as a link. webdataset 1.0.2 passes over links, and says nothing. */
    @Test
    void linksShardsWithoutASampleAndDamagedJsonAreTold() throws Exception {
        write("a.tar",
                new TarBytes().file("a.jpg", TinyImages.jpeg(1)).file("a.cls", "0").header("b.jpg", "0", '1').file("b.cls", "1")
                        .header("c.jpg", "0", '2').file("d.jpg", TinyImages.jpeg(2)).file("d.json", "{\"label\": ").end());
        write("b.tar", new byte[10240]);
        write("c.tar", new TarBytes().raw(new TarBytes().file("a.jpg", TinyImages.jpeg(1)).file("a.cls", "0").end())
                .file("b.jpg", TinyImages.jpeg(2)).end());
        try (DataSource source = Sources.open("webdataset:" + dir + "/{a,b,c}.tar")) {
            assertThat(Sources.walk(source)).hasSize(3);
            assertThat(source.findings().passedOver().counts()).containsEntry("link to another member", 2L)
                    .containsEntry("damaged JSON, not read for a label", 1L);
            assertThat(source.findings().remarks()).containsExactly("1 of 3 samples have no label",
                    "1 archives go on after their closing blocks, as joined tars do and downloads with a hole; nothing after them is "
                            + "read: c.tar",
                    "1 shards hold no sample with an image, such as b.tar");
        }
    }

    @Test
    void whatIsWrittenAsALabelIsOneOrRejectsItsSample() throws Exception {
        final String[] json = {"{\"label\": 3}", "{\"cls\": 2.0}", "{\"label\": true}", "{\"label\": -1}", "{\"label\": null}",
                "{\"x\": {\"label\": 9}}", "[1]", "{\"label\": [0, 1]}", "{\"label\": 1.5}", "{\"label\": {}}",
                "{\"label\": 1e99}",
                "{\"label\": \"2\", \"cls\": 1}"};
        final TarBytes tar = new TarBytes();
        for (int i = 0; i < json.length; i++)
            tar.file(i + ".jpg", TinyImages.jpeg(i)).file(i + ".json", json[i]);
        final String[] cls = {"7\n", " 2.0", "-5", "+1", "1e0", "", "[0,1]", "0.5", "x".repeat(2000), "99999999999999999999"};
        for (int i = 0; i < cls.length; i++)
            tar.file("c" + i + ".jpg", TinyImages.jpeg(i)).file("c" + i + ".cls", cls[i]);
        write("a.tar", tar.end());
        try (DataSource source = Sources.open("webdataset:" + dir + "/a.tar")) {
            assertThat(source.classNames()).hasSize(8).startsWith("0", "1");
            final List<Seen> seen = Sources.walk(source);
            assertThat(seen.subList(0, 7)).extracting(Seen::label).containsExactly(3, 2, 1, -1, -1, -1, -1);
            assertThat(seen.get(7).content()).contains("a list of 2 values is no class index: several labels, or one-hot");
            assertThat(seen.get(8).content()).contains("1.5 is no class index: not a whole number");
            assertThat(seen.get(9).content()).contains("'{}' is no class index");
            assertThat(seen.get(10).content()).contains("no class index");
            assertThat(seen.get(11).label()).isEqualTo(2);
            assertThat(seen.subList(12, 17)).extracting(Seen::label).containsExactly(7, 2, -1, 1, 1);
            for (int i = 17; i < seen.size(); i++)
                assertThat(seen.get(i).content()).contains("class");
            Sources.resumesAnywhere(source, seen, 6);
        }
    }

    @Test
    void textLabelsAreTheirSortedDistinctValuesOrThoseOfAList() throws Exception {
        final byte[] shard = new TarBytes().file("a.jpg", TinyImages.jpeg(1)).file("a.cls", "dog")
                .file("b.jpg", TinyImages.jpeg(2)).file("b.json", "{\"label\": \"Cat\"}").file("c.jpg", TinyImages.jpeg(3))
                .file("c.cls", "\u00e9")
                .file("d.jpg", TinyImages.jpeg(4)).file("d.cls", "dog\n").file("e.jpg", TinyImages.jpeg(5)).end();
        write("a.tar", shard);
        write("a.tar.gz", gzip(shard));
        for (final String name : List.of("a.tar", "a.tar.gz"))
            try (DataSource source = Sources.open("webdataset:" + dir + "/" + name)) {
                assertThat(source.classNames()).containsExactly("Cat", "dog", "\u00e9");
                assertThat(Sources.walk(source)).extracting(Seen::label).containsExactly(1, 0, 2, 1, -1);
                assertThat(source.findings().remarks()).first().asString().contains("labels are texts: their 3 distinct values",
                        "0 Cat, 1 dog");
            }
        final Path list = Files.writeString(dir.resolve("classes.txt"), "dog\n\nCat\n");
        try (DataSource source = Sources.open("webdataset:" + dir + "/a.tar?classes=" + list)) {
            final List<Seen> seen = Sources.walk(source);
            assertThat(seen).extracting(Seen::label).containsExactly(0, 2, -1, 0, -1);
            assertThat(seen.get(2).content()).contains("label '\u00e9' is none of the 3 classes");
        }
        Files.writeString(list, "dog\nCat\ndog\n");
        try (DataSource source = Sources.open("webdataset:" + dir + "/a.tar?classes=" + list)) {
            assertThat(Sources.walk(source).get(0).content()).contains("is the name of several classes");
        }
    }

    @Test
    void aLimitConcernsAMemberAndNotItsSample() throws Exception {
        final String large = "{\"pad\": \"" + "x".repeat(3 << 20) + "\", \"label\": 3}";
        write("a.tar", new TarBytes().file("a.json", large).file("a.jpg", TinyImages.jpeg(1)).file("b.jpg", TinyImages.jpeg(2))
                .file("b.mp4", new byte[40 << 20]).file("b.cls", "1").file("c.png", new byte[33 << 20])
                .file("c.jpg", TinyImages.jpeg(3)).end());
        try (DataSource source = Sources.open("webdataset:" + dir + "/a.tar")) {
            assertThat(Sources.walk(source)).containsExactly(Seen.encoded(0, "a.tar/a.jpg", 3, TinyImages.jpeg(1)),
                    Seen.encoded(1, "a.tar/b.jpg", 1, TinyImages.jpeg(2)),
                    Seen.encoded(2, "a.tar/c.jpg", -1, TinyImages.jpeg(3)));
        }
    }

    @Test
    void aListOfLengthsThatCountsTooFewIsNoticed() throws Exception {
        writeShards(".tar.gz");
        writeInfo(4, 3, 4);
        try (DataSource source = Sources.open("webdataset:" + dir + "/imagenet1k-train-*.tar.gz")) {
            assertThat(Sources.walk(source)).hasSize(11);
            Sources.walk(source);
            assertThat(source.findings().passedOver().counts())
                    .containsOnly(entry("sample after the last that the list of lengths counts", 1L));
        }
    }

    @Test
    void theListingTellsAnotherImageOrLabel() throws Exception {
        final java.util.Set<String> listings = new java.util.HashSet<>();
        for (final byte[] shard : List.of(new TarBytes().file("a.jpg", "1234").file("a.cls", "1").end(),
                new TarBytes().file("b.jpg", "1234").file("b.cls", "1").end(),
                new TarBytes().file("a.jpg", "12345").file("a.cls", "1").end(),
                new TarBytes().file("a.jpg", "1234").file("a.cls", "2").end(),
                new TarBytes().file("a.jpg", "1234").file("a.cls", "x").end(),
                new TarBytes().file("a.jpg", "1234").file("a.cls", "y").end())) {
            write("a.tar", shard);
            try (DataSource source = Sources.open("webdataset:" + dir + "/a.tar")) {
                listings.add(source.findings().listing().orElseThrow());
            }
        }
        assertThat(listings).hasSize(6);
    }

    private interface Compressor {
        OutputStream of(OutputStream out) throws IOException;
    }

    private static byte[] through(byte[] content, Compressor compressor) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = compressor.of(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    /** Writes three shards of four samples with the labels 0 to 6. */
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
