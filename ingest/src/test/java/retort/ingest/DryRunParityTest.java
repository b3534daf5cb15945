package retort.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.console.StatusLine;
import retort.ingest.dryrun.DryRun;
import retort.ingest.source.TinyImages;
import retort.ingest.source.tar.TarBytes;
import retort.kafka.BatchRecord;
import retort.kafka.From;
import retort.record.Rejected;

/** A dry run rejects the samples that ingest rejects, for the same reasons, and counts the same images of each class: every source. */
class DryRunParityTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final byte[] CUT = Arrays.copyOf(TinyImages.jpeg(1), 40);

    @TempDir
    Path dir;

    private final Streams streams = Streams.fresh();

    @ParameterizedTest
    @ValueSource(strings = {"folder", "webdataset", "webdataset-gz", "parquet", "imagenet-hf", "imagenet-tar", "kaggle", "idx",
            "cifar10"})
    void rejectsTheSameSamplesForTheSameReasons(String kind) throws Exception {
        final List<String> settings = List.of("ingest.source=" + write(kind), "ingest.streams=[probe]", "ingest.image=8",
                "ingest.images-per-record=4", "ingest.partitions=1", "ingest.max-rejected=1",
                "ingest.recipe.evaluation=" + (kind.equals("idx") ? "none" : "eval"), // idx: 5x5 where 8x8 is asked for
                "topics.prefix=" + streams.topics().prefix());
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final int exit;
        try (PrintStream printed = new PrintStream(out, false, StandardCharsets.UTF_8)) {
            exit = DryRun.run(Streams.settings(settings), dir.resolve("sheet.png"), printed, StatusLine.SILENT);
        }
        final String report = out.toString(StandardCharsets.UTF_8);
        try (IngestService service = IngestService.start(Streams.settings(settings), StatusLine.SILENT)) {
            service.done().onErrorComplete().block(TIMEOUT);
        }

        final Long last = streams.description("probe").getLastSequence();
        assertThat(last == null).as("ingest refuses the epoch\n%s", report).isEqualTo(exit == 1).isEqualTo(kind.equals("idx"));
        final List<BatchRecord> records = last == null ? List.of() : streams.read("probe", last);
        final List<String> classes = streams.description("probe").getClassNames();
        final Map<String, Integer> byClass = new TreeMap<>();
        for (final BatchRecord record : records)
            for (int i = 0; i < record.batch().count(); i++) {
                final int label = record.batch().labels()[i];
                byClass.merge(label < 0 ? "without a label" : classes.get(label), 1, Integer::sum);
            }
        final int images = byClass.values().stream().mapToInt(Integer::intValue).sum();
        final List<String> rejected = last == null ? List.of() : rejected(lines(report, "  would be rejected: ").size());

        if (last != null)
            assertThat(report).contains("  %d images, %d would be rejected\n".formatted(images, rejected.size()));
        assertThat(lines(report, "  would be rejected: ")).hasSameSizeAs(kind.equals("idx") ? List.of(1, 2, 3) : rejected)
                .containsAll(rejected);
        byClass.forEach((name, count) -> assertThat(report).contains("    " + name + ": " + count + "\n"));
    }

    private static List<String> lines(String report, String start) {
        return report.lines().filter(line -> line.startsWith(start)).map(line -> line.substring(start.length())).toList();
    }

    /** The rejections that ingest has published, in the words of the dry run. */
    private List<String> rejected(int count) {
        if (count == 0)
            return List.of();
        final List<Rejected> events = new ArrayList<>();
        streams.broker().follow(streams.topics().rejected(), From.EARLIEST, "rejected").mapNotNull(retort.kafka.Event::value)
                .take(count).doOnNext(events::add).blockLast(TIMEOUT);
        return events.stream().map(event -> event.getWhat() + ": " + event.getReason()).toList();
    }

    private String write(String kind) throws IOException {
        return switch (kind) {
            case "folder" -> {
                for (int i = 0; i < 5; i++)
                    write("a/" + i + ".png", TinyImages.png(i));
                write("a/text.png", "text".getBytes(StandardCharsets.US_ASCII));
                write("b/cut.jpg", CUT);
                write("b/empty.jpg", new byte[0]);
                write("b/1.jpg", TinyImages.jpeg(1));
                Files.createSymbolicLink(dir.resolve("b/2.jpg"), dir.resolve("nowhere"));
                yield "folder:" + dir;
            }
            case "webdataset", "webdataset-gz" -> {
                final TarBytes tar = new TarBytes();
                final String[] labels = {"0", "1", "1", "2", "-1", "0.5", "[0,1]", "", "cat", "1.0"};
                for (int i = 0; i < labels.length; i++)
                    tar.file(i + ".png", i == 2 ? CUT : TinyImages.png(i)).file(i + ".cls", labels[i]);
                tar.file("none.png", TinyImages.png(1)).file("mask.txt", "x");
                write("a.tar", tar.end());
                write("a.tar.gz", gzip(tar.end()));
                yield "webdataset:" + dir + (kind.endsWith("gz") ? "/a.tar.gz" : "/a.tar");
            }
            case "parquet" -> "parquet:" + resource("snappy", "a.parquet") + "::" + resource("snappy", "b.parquet");
            case "imagenet-hf" -> {
                write("classes.txt", "n00000001\n".getBytes(StandardCharsets.US_ASCII));
                write("train_0.tar.gz", gzip(new TarBytes().file("1_n00000001.JPEG", TinyImages.jpeg(1))
                        .file("2_n00000002.JPEG", TinyImages.jpeg(2)).file("3_n00000001.JPEG", CUT)
                        .file("4.JPEG", TinyImages.jpeg(3)).end()));
                yield "imagenet-hf:" + dir + "/train_0.tar.gz?classes=" + dir.resolve("classes.txt");
            }
            case "imagenet-tar" -> {
                write("ILSVRC2012_img_train.tar", new TarBytes()
                        .file("n00000001.tar", new TarBytes().file("1.JPEG", TinyImages.jpeg(1)).file("2.JPEG", CUT).end())
                        .file("n00000002.tar", new TarBytes().file("1.JPEG", TinyImages.jpeg(1)).file("2.JPEG", "x").end())
                        .end());
                yield "imagenet-tar:" + dir;
            }
            case "kaggle" -> {
                write("LOC_synset_mapping.txt", "n00000001 a\nn00000002 b\n".getBytes(StandardCharsets.US_ASCII));
                write("LOC_val_solution.csv", "ImageId,PredictionString\nv1,n00000002 1\nv2,n00000001 1\nv3,n00000001 1\n"
                        .getBytes(StandardCharsets.US_ASCII));
                write("ILSVRC/Data/CLS-LOC/val/v1.JPEG", TinyImages.jpeg(1));
                write("ILSVRC/Data/CLS-LOC/val/v2.JPEG", CUT);
                yield "kaggle:" + dir + "?split=val";
            }
            case "idx" -> "idx:" + IdxFixture.write(dir, 3, 5);
            case "cifar10" -> {
                write("batches.meta.txt", "a\nb\nc\n".getBytes(StandardCharsets.US_ASCII));
                final byte[] records = new byte[3 * 3073];
                records[3073] = 2;
                write("test_batch.bin", records);
                yield "cifar10:" + dir + "?split=test";
            }
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private Path resource(String fixture, String name) throws IOException {
        try (InputStream in = Objects
                .requireNonNull(DryRunParityTest.class.getResourceAsStream("/parquet/" + fixture + ".parquet"))) {
            return Files.write(dir.resolve(name), in.readAllBytes());
        }
    }

    private void write(String name, byte[] bytes) throws IOException {
        final Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }
}
