package retort.bench.ingest;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import retort.bench.ContestantProcess;
import retort.bench.Python;
import retort.bucket.EmbeddedS3;
import retort.ingest.budget.ByteBudget;
import retort.place.PlaceSettings;
import retort.place.Places;
import retort.settings.Settings;

/**
 * Measures the pretraining crops from WebDataset shards and from Parquet files, on a disk and in a bucket of a server in this process,
 * beside webdataset and pyarrow with torchvision's transform on the same files. A program in Python writes the files from the photographs, if they are not there.
 */
final class FilesContest {
    private static final int PHOTOS_IN_A_FILE = 100;
    private static final String WEBDATASET = "webdataset";
    private static final List<String> KINDS = List.of(WEBDATASET, "parquet");
    private static final String BUCKET = "photos";
    private static final int READ_AHEAD = 64 << 20;
    /** Samples of a Parquet file that are fetched ahead of a thread. */
    private static final int AHEAD = 32;

    private final IngestOptions options;
    private final Path photos;
    private final Path files;

    FilesContest(IngestOptions options, Path photos, Path files) {
        this.options = options;
        this.photos = photos;
        this.files = files.toAbsolutePath();
    }

    /**
     * Runs all turns.
     *
     * @return rates by contestant, for {@code webdataset} and {@code parquet}, and for both with {@code -s3} at the end if they are measured
     */
    Map<String, Map<CropContestant, Rates>> run(PrintStream out) {
        final Python python = options.python();
        python.install(out, PythonContestant.TORCHVISION, PythonContestant.PILLOW, PythonContestant.WEBDATASET,
                PythonContestant.BRACEEXPAND, PythonContestant.YAML, PythonContestant.PYARROW);
        try (ContestantProcess writer = ContestantProcess.start("the writer of the files", python.contestant(IngestBench.class,
                "files_writer.py", Map.of("photos", photos.toString(), "files", files.toString(), "each", PHOTOS_IN_A_FILE)))) {
            out.println(writer.words());
        }
        final Map<String, Map<CropContestant, Rates>> rates = new LinkedHashMap<>();
        for (final String kind : KINDS)
            try (Places disk = Places.standard()) {
                rates.put(kind, turns(python, kind, files + "/photos-*" + ending(kind), disk, 0, ""));
            }
        if (options.store())
            for (final String kind : KINDS)
                rates.put(kind + "-s3", fromStore(python, kind));
        return rates;
    }

    private Map<CropContestant, Rates> fromStore(Python python, String kind) {
        try (EmbeddedS3 server = EmbeddedS3.open(BUCKET)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(files, "photos-*" + ending(kind))) {
                for (final Path file : all)
                    server.put(BUCKET, file.getFileName().toString(), Files.readAllBytes(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            final PlaceSettings settings = PlaceSettings.from(Settings.over(ConfigFactory.parseString(
                    "places.s3 { endpoint = \"" + server.endpoint() + "\", region = us-east-1, anonymous = true }")));
            try (Places places = new Places(settings, new ByteBudget(READ_AHEAD).room())) {
                return turns(python, kind, "s3://" + BUCKET + "/photos-*" + ending(kind)
                        + (kind.equals(WEBDATASET) ? "?access=forward" : ""), places, AHEAD, server.endpoint().toString());
            }
        }
    }

    /** @param endpoint address of the server; empty for the disk */
    private Map<CropContestant, Rates> turns(Python python, String kind, String pattern, Places places, int ahead,
            String endpoint) {
        return Turns.of(List.of(
                new SourceContestant("retort", kind + ":" + pattern, CropContest.recipe(options, List.of()), places, ahead),
                new PythonContestant("torchvision", python, kind + "_contestant.py",
                        Map.of("files", files.toString(), "size", options.size(), "endpoint", endpoint, "bucket", BUCKET))),
                options.rounds(), options.seconds());
    }

    private static String ending(String kind) {
        return kind.equals(WEBDATASET) ? ".tar" : ".parquet";
    }
}
