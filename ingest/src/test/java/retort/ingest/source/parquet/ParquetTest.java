package retort.ingest.source.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import retort.ingest.source.DataSource;
import retort.ingest.source.Sample;
import retort.ingest.source.ShardedSource;
import retort.ingest.source.SourceException;
import retort.ingest.source.Sources;
import retort.ingest.source.Sources.Seen;

/**
 * pyarrow has written the fixtures: ten rows in row groups of four. Image i is 4x4 pixels of red 20 i, and row 7 has no image. The
 * fixtures of brotli and lz4 hold two rows.
 */
class ParquetTest {
    private static final List<Integer> LABELS = List.of(3, 0, 1, 2, 0, 1, 2, -1, -1, 2);

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"snappy", "zstd-v2", "gzip-plain", "none-v2-plain", "pages", "delta-length", "delta-bytes"})
    void readsEveryCompressionAndKindOfPageFromAnyRow(String fixture) throws Exception {
        final Path file = copy(fixture, "train-00000-of-00001.parquet");
        try (DataSource source = Sources.open("parquet:" + file)) {
            assertThat(source.classNames()).containsExactly("tench", "goldfish", "shark", "ray");
            final List<Seen> seen = Sources.walk(source);
            assertThat(seen).extracting(Seen::label).containsExactlyElementsOf(LABELS);
            assertThat(seen.get(9).name()).isEqualTo("train-00000-of-00001.parquet#9");
            assertThat(seen.get(7).content()).contains("the row has no image");
            Sources.resumesAnywhere(source, seen, 1);
            try (ShardedSource.ShardReader rows = ((ShardedSource) source).open(1, 2)) {
                final Sample sample = rows.next();
                assertThat(sample.id()).isEqualTo(6);
                final byte[] png = ((Sample.Encoded) sample.content()).bytes();
                assertThat(ImageIO.read(new ByteArrayInputStream(png)).getRGB(3, 3)).isEqualTo(0xff000709 | 120 << 16);
            }
        }
    }

    @Test
    void readsFilesOfAPatternInTheirOrder() throws Exception {
        copy("snappy", "train-00000-of-00002.parquet");
        copy("gzip-plain", "train-00001-of-00002.parquet");
        try (DataSource source = Sources.open("parquet:" + dir + "/train-*.parquet")) {
            final List<Seen> seen = Sources.walk(source);
            assertThat(seen).hasSize(20).extracting(Seen::id).isSorted().doesNotHaveDuplicates();
            assertThat(seen.get(15).content()).isEqualTo(seen.get(5).content());
            Sources.resumesAnywhere(source, seen, 2);
        }
    }

    @Test
    void takesColumnsOfOtherNamesWhenTold() throws Exception {
        final Path file = copy("names", "a.parquet");
        assertThatThrownBy(() -> Sources.open("parquet:" + file)).isInstanceOf(SourceException.class)
                .hasMessageContaining("[picture.bytes, picture.path, class]").hasMessageContaining("image=COLUMN");
        try (DataSource source = Sources.open("parquet:" + file + "?image=picture&label=class")) {
            assertThat(Sources.walk(source)).extracting(Seen::label).containsExactlyElementsOf(LABELS);
        }
        assertThatThrownBy(() -> Sources.open("parquet:" + file + "?image=picture&label=klass"))
                .hasMessageContaining("no column of whole numbers called klass");
    }

    @ParameterizedTest
    @CsvSource({"split,encoding 9 of Parquet (BYTE_STREAM_SPLIT)", "brotli,compressed with brotli"})
    void saysAtTheStartWhatItDoesNotRead(String fixture, String named) throws Exception {
        final Path file = copy(fixture, "a.parquet");
        assertThatThrownBy(() -> Sources.open("parquet:" + file)).isInstanceOf(SourceException.class)
                .hasMessageContaining("a.parquet cannot be read: ").hasMessageContaining(named)
                .hasMessageContaining("write it anew with");
    }

    /** pyarrow 26.0.1 has written a page of 1.1 GiB of zeros, which takes 36 KiB, after one of a single image. */
    @Test
    void refusesALaterPageThatIsTooLargeAtTheStart() throws Exception {
        assertThatThrownBy(() -> Sources.open("parquet:" + copy("large-page", "a.parquet"))).isInstanceOf(SourceException.class)
                .hasMessageContaining("1153433610 after decompression, where at most 1073741824 are read");
    }

    /** pyarrow 26.0.1 has written lz4 as the codec LZ4_RAW, and a file of one row group without a row. */
    @Test
    void readsLz4AndFilesWithoutARow() throws Exception {
        copy("lz4", "a.parquet");
        copy("no-rows", "b.parquet");
        copy("lz4", "c.parquet");
        try (DataSource source = Sources.open("parquet:" + dir + "/{a,b,c}.parquet")) {
            final List<Seen> seen = Sources.walk(source);
            assertThat(seen).extracting(Seen::label).containsExactly(3, 0, 3, 0);
            try (ShardedSource.ShardReader rows = ((ShardedSource) source).open(0, 1)) {
                final byte[] png = ((Sample.Encoded) rows.next().content()).bytes();
                assertThat(ImageIO.read(new ByteArrayInputStream(png)).getRGB(0, 0)).isEqualTo(0xff140709);
            }
        }
    }

    /** pyarrow 26.0.1 has written 2,000 rows: row i has the label 7919 i mod 1000 or "class " + 31 i mod 7, and every tenth has none. */
    @ParameterizedTest
    @ValueSource(strings = {"label-delta64", "label-delta32", "label-deltatext"})
    void readsManyBlocksOfDifferences(String fixture) throws Exception {
        try (DataSource source = Sources.open("parquet:" + copy(fixture, "a.parquet"))) {
            final List<Integer> labels = Sources.walk(source).stream().map(Seen::label).toList();
            assertThat(labels).hasSize(2000);
            for (int i = 0; i < labels.size(); i++)
                assertThat(labels.get(i)).as("row %d", i)
                        .isEqualTo(i % 10 == 3 ? -1 : fixture.endsWith("text") ? i * 31 % 7 : i * 7919 % 1000);
        }
    }

    /** Their numbers count days, microseconds and hundredths: read as labels, they would be classes that nobody meant. */
    @ParameterizedTest
    @ValueSource(strings = {"label-date", "label-time", "label-timestamp", "label-decimal"})
    void refusesDatesTimesAndDecimalsAsLabels(String fixture) throws Exception {
        final Path file = copy(fixture, "a.parquet");
        assertThatThrownBy(() -> Sources.open("parquet:" + file)).isInstanceOf(SourceException.class)
                .hasMessageContaining("its column label is a date, a time or a decimal in INT")
                .hasMessageContaining("leave labels out with label=");
        try (DataSource source = Sources.open("parquet:" + file + "?label=")) {
            assertThat(Sources.walk(source)).hasSize(5).extracting(Seen::label).containsOnly(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({"label-uint32,2147483653", "label-uint64,9223372036854775813"})
    void aLargeNumberWithoutASignIsNoMissingLabel(String fixture, String value) throws Exception {
        try (DataSource source = Sources.open("parquet:" + copy(fixture, "a.parquet"))) {
            final List<Seen> seen = Sources.walk(source);
            assertThat(seen).extracting(Seen::label).containsExactly(1, 0, -1, 2, -1);
            assertThat(seen.get(2).content()).contains(value + " is no class index: too large");
            assertThat(seen.get(4).content()).contains("bytes");
        }
    }

    @Test
    void saysWhichColumnsAreReadAndWhichAreNot() throws Exception {
        try (DataSource source = Sources.open("parquet:" + copy("label-unnamed", "a.parquet"))) {
            assertThat(Sources.walk(source)).extracting(Seen::label).containsOnly(-1);
            assertThat(source.findings().remarks()).containsExactly("images are column image.bytes, without labels; not read: y");
        }
        try (DataSource source = Sources.open("parquet:" + copy("label-int", "b.parquet"))) {
            assertThat(source.findings().remarks()).containsExactly("images are column image.bytes, labels are column label");
        }
    }

    /** pyarrow 26.0.1 has written the files: text, category, boolean, float, double and a small signed integer. */
    @ParameterizedTest
    @CsvSource({"label-text,1 0 1 2 -1", "label-category,1 0 1 2 -1", "label-bool,1 0 1 1 -1", "label-bool-v2,1 0 1 1 -1",
            "label-double,1 0 2 1 -1",
            "label-int,1 0 2 1 -1", "label-described,1 0 1 1 0", "label-none,-1 -1 -1 -1 -1"})
    void mapsLabelsWhereThatIsCertain(String fixture, String labels) throws Exception {
        try (DataSource source = Sources.open("parquet:" + copy(fixture, "a.parquet"))) {
            final List<Seen> seen = Sources.walk(source);
            assertThat(seen).extracting(one -> String.valueOf(one.label())).containsExactly(labels.split(" "));
            assertThat(source.classNames()).isEqualTo(switch (fixture) {
                case "label-text", "label-category" -> List.of("Cat", "dog", "\u00e9");
                case "label-described" -> List.of("x", "y");
                case "label-none" -> List.of();
                default -> labels.contains("2") ? List.of("0", "1", "2") : List.of("0", "1");
            });
            Sources.resumesAnywhere(source, seen, 3);
        }
    }

    @Test
    void aLabelThatIsNoWholeNumberRejectsItsSample() throws Exception {
        try (DataSource source = Sources.open("parquet:" + copy("label-float", "a.parquet"))) {
            final List<Seen> seen = Sources.walk(source);
            assertThat(seen).extracting(Seen::label).startsWith(1, 0, 2, 1);
            assertThat(seen.get(4).content()).contains("0.5 is no class index: not a whole number");
        }
    }

    @ParameterizedTest
    @CsvSource({"label-onehot,its column label is a list or a structure",
            "label-struct,its column label is a list or a structure",
            "label-other,its column my_category looks like labels"})
    void refusesWhatMayBeALabelAndNamesTheWayOut(String fixture, String reason) throws Exception {
        final Path file = copy(fixture, "a.parquet");
        assertThatThrownBy(() -> Sources.open("parquet:" + file)).isInstanceOf(SourceException.class).hasMessageContaining(reason)
                .hasMessageContaining("name the column with label=COLUMN, or leave labels out with label=");
        try (DataSource source = Sources.open("parquet:" + file + "?label=")) {
            assertThat(Sources.walk(source)).hasSize(5).extracting(Seen::label).containsOnly(-1);
        }
    }

    @Test
    void filesWithTwoListsOfClassesAreMatchedByNameOrRefused() throws Exception {
        copy("label-one-list", "a.parquet"); // x y
        copy("label-other-list", "b.parquet"); // y z
        final String uri = "parquet:" + dir + "/{a,b}.parquet";
        assertThatThrownBy(() -> Sources.open(uri)).isInstanceOf(SourceException.class)
                .hasMessageContaining("have two lists of classes, [x, y]... and [y, z]...").hasMessageContaining("classes=FILE");
        final Path list = Files.writeString(dir.resolve("classes.txt"), "z\ny\nx\n");
        try (DataSource source = Sources.open(uri + "?classes=" + list)) {
            assertThat(source.classNames()).containsExactly("z", "y", "x");
            assertThat(Sources.walk(source)).extracting(Seen::label).containsExactly(1, 2, 1, 1, 2, 0, 1, 0, 0, 1);
        }
        Files.writeString(list, "ex\nypsilon\n");
        try (DataSource source = Sources.open("parquet:" + dir + "/a.parquet?classes=" + list)) {
            assertThat(source.classNames()).containsExactly("ex", "ypsilon");
            assertThat(Sources.walk(source)).extracting(Seen::label).containsExactly(1, 0, 1, 1, 0);
        }
        assertThatThrownBy(() -> Sources.open(uri + "?classes=" + list)).hasMessageContaining("two lists of classes");
        copy("label-none", "b.parquet");
        assertThatThrownBy(() -> Sources.open(uri)).hasMessageContaining("one has a label column and the other has none");
    }

    @Test
    void refusesWhatIsNoParquetFile() throws Exception {
        final Path file = dir.resolve("a.parquet");
        for (final byte[] bytes : new byte[][]{{}, "<html>not found".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                "PAR1\1\1\1\1\1\177\177\177\177PAR1".getBytes(java.nio.charset.StandardCharsets.US_ASCII)}) {
            Files.write(file, bytes);
            assertThatThrownBy(() -> Sources.open("parquet:" + file)).isInstanceOf(SourceException.class)
                    .hasMessageContaining("a.parquet cannot be read: it is");
        }
        final byte[] whole = Files.readAllBytes(copy("snappy", "b.parquet"));
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(() -> Sources.open("parquet:" + file)).hasMessageContaining("does not end in PAR1");
    }

    /** Any damage gives an error at the start or of samples, never another exception, and no memory use beyond the size of the file. */
    @ParameterizedTest
    @ValueSource(strings = {"snappy", "zstd-v2", "gzip-plain", "none-v2-plain", "pages", "delta-length", "delta-bytes"})
    void anyDamageEndsInErrorsOfItsOwn(String fixture) throws Exception {
        final byte[] whole = Files.readAllBytes(copy(fixture, "whole.parquet"));
        final Path file = dir.resolve("damaged.parquet");
        final Random random = new Random(1);
        for (int round = 0; round < 500; round++) {
            final byte[] damaged = whole.clone();
            for (int i = 1 + random.nextInt(3); i > 0; i--)
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            Files.write(file, damaged);
            try (DataSource source = Sources.open("parquet:" + file)) {
                final ShardedSource rows = (ShardedSource) source;
                for (int shard = 0; shard < rows.shards(); shard++)
                    read(rows, shard);
            } catch (SourceException expected) {
                assertThat(expected).hasMessageContaining("damaged.parquet");
            }
        }
    }

    private static void read(ShardedSource source, int shard) throws IOException {
        try (ShardedSource.ShardReader reader = source.open(shard, 0)) {
            for (long i = Math.min(20, source.samples(shard)); i > 0; i--) {
                try {
                    reader.next();
                } catch (IOException expected) {
                    assertThat(expected).hasMessageContaining("damaged.parquet");
                }
            }
        }
    }

    private Path copy(String fixture, String name) throws IOException {
        final Path file = dir.resolve(name);
        try (InputStream in = Objects.requireNonNull(ParquetTest.class.getResourceAsStream("/parquet/" + fixture + ".parquet"))) {
            Files.write(file, in.readAllBytes());
        }
        return file;
    }
}
