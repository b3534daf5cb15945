package retort.bench.ingest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import retort.bench.Benchmark;

/** {@code retort bench ingest}: prints a table, then one JSON object with the ratios and a description of the machine. */
@Command(name = "ingest", mixinStandardHelpOptions = true, sortOptions = false, description = "Crops of photographs, shards and Parquet files against torchvision, publishing against Kafka's own producer tool.", footerHeading = "%nExamples:%n", footer = {
        "  retort bench ingest                                       publishing only, to a broker that it starts",
        "  retort bench ingest --photos DIR --no-publishing          crops only",
        "  retort bench ingest --photos DIR --no-torchvision --rounds 3",
        "  retort bench ingest --photos DIR --no-crops --no-publishing --files DIR2   shards and Parquet files",
        "  retort bench ingest --photos DIR --no-crops --no-publishing --files DIR2 --store   also from an S3 server"})
public final class IngestBench implements Benchmark {
    @Mixin
    private IngestOptions options = new IngestOptions();

    @Override
    public Integer call() {
        options.validate();
        final PrintStream out = System.out;
        final ObjectNode json = new ObjectMapper().createObjectNode().put("benchmark", "ingest");
        machine(json.putObject("machine"));
        options.photos().ifPresent(photos -> photographs(photos, json, out));
        if (options.publishing())
            if (options.broker().isPresent())
                publishing(new PublishContest(options.broker().get(), options.rounds()).run(), json, out);
            else
                try (OwnBroker broker = OwnBroker.start()) {
                    publishing(new PublishContest(broker.address(), options.rounds()).run(), json, out);
                }
        out.println(json);
        return 0;
    }

    IngestOptions options() {
        return options;
    }

    private void photographs(Path photos, ObjectNode json, PrintStream out) {
        final CropContest contest = new CropContest(options, photos);
        if (options.crops())
            crops("crops", contest.run(out), json, out);
        options.files().ifPresent(files -> new FilesContest(options, contest.folder(), files).run(out)
                .forEach((kind, rates) -> crops(kind, rates, json, out)));
    }

    private void crops(String kind, Map<CropContestant, Rates> rates, ObjectNode json, PrintStream out) {
        final ObjectNode crops = json.putObject(kind).put("size", options.size());
        final ObjectNode perSecond = crops.putObject("imagesPerSecond");
        final ObjectNode ratios = crops.putObject("ratios");
        out.printf("%n%-42s %12s %12s%n", title(kind) + ", images/s",
                "one core",
                "two cores");
        rates.forEach((contestant, own) -> {
            out.printf(Locale.ROOT, "%-42s %12.0f %12.0f%n", contestant.title(), own.median(1), own.median(2));
            contestant.waiting().ifPresent(share -> {
                out.printf(Locale.ROOT, "%-42s %11.1f %%%n", "  of which it waits for bytes", 100 * share);
                crops.put("waitingForBytes", rounded(share));
            });
            perSecond.putObject(contestant.key()).put("1", rounded(own.median(1))).put("2", rounded(own.median(2)));
        });
        rates.forEach((mine, own) -> rates.forEach((theirs, other) -> {
            if (isCompared(mine.key(), theirs.key())) {
                final String name = mine.key() + "/" + theirs.key();
                out.printf(Locale.ROOT, "%-42s %11.2fx %11.2fx%n", name, own.over(other, 1), own.over(other, 2));
                ratios.putObject(name).put("1", rounded(own.over(other, 1))).put("2", rounded(own.over(other, 2)));
                if (theirs.key().equals("torchvision"))
                    crops.put("against", theirs.title());
            }
        }));
    }

    private static String title(String kind) {
        if (kind.equals("crops"))
            return "pretraining crops";
        return kind.endsWith("-s3") ? kind.replace("-s3", " from an S3 server") : kind + " on disk";
    }

    private static boolean isCompared(String mine, String theirs) {
        return theirs.equals("torchvision") && !mine.equals(theirs) || mine.equals("exact") && theirs.equals("imageio");
    }

    private static void publishing(PublishContest.Result result, ObjectNode json, PrintStream out) {
        final double ratio = result.ingest().over(result.tool(), 1);
        final double bare = result.ingest().over(result.producer(), 1);
        out.printf(Locale.ROOT, "%n%-42s %12s%n", "publishing records of " + result.recordBytes() + " bytes", "MB/s");
        out.printf(Locale.ROOT, "%-42s %12.0f%n", "ingest, in transactions", result.ingest().median(1));
        out.printf(Locale.ROOT, "%-42s %12.0f%n", "Kafka's ProducerPerformance, acks=all", result.tool().median(1));
        out.printf(Locale.ROOT, "%-42s %12.0f%n", "a bare producer, one payload, acks=all", result.producer().median(1));
        out.printf(Locale.ROOT, "%-42s %11.2fx%n", "ingest/ProducerPerformance", ratio);
        out.printf(Locale.ROOT, "%-42s %11.2fx%n", "ingest/producer", bare);
        json.putObject("publishing").put("recordBytes", result.recordBytes())
                .put("ingestMBPerSecond", rounded(result.ingest().median(1)))
                .put("toolMBPerSecond", rounded(result.tool().median(1)))
                .put("producerMBPerSecond", rounded(result.producer().median(1)))
                .put("against", "org.apache.kafka.tools.ProducerPerformance, acks=all")
                .putObject("ratios").put("ingest/tool", rounded(ratio)).put("ingest/producer", rounded(bare));
    }

    private static void machine(ObjectNode machine) {
        machine.put("processors", Runtime.getRuntime().availableProcessors()).put("os", System.getProperty("os.name"))
                .put("arch", System.getProperty("os.arch")).put("java", System.getProperty("java.version"));
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
