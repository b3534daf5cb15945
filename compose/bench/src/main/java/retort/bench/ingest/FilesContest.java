package retort.bench.ingest;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import retort.bench.ContestantProcess;
import retort.bench.Python;
import retort.ingest.recipe.RecipeSettings;

/**
 * Measures the pretraining crops from WebDataset shards and from Parquet files on disk, beside webdataset and pyarrow with torchvision's
 * transform on the same files. A program in Python writes the files from the photographs, if they are not there.
 */
final class FilesContest {
    private static final int PHOTOS_IN_A_FILE = 100;

    private final IngestOptions options;
    private final Path photos;
    private final Path files;

    FilesContest(IngestOptions options, Path photos, Path files) {
        this.options = options;
        this.photos = photos;
        this.files = files.toAbsolutePath();
    }

    /** Runs all turns. @return rates by contestant, for {@code webdataset} and for {@code parquet} */
    Map<String, Map<CropContestant, Rates>> run(PrintStream out) {
        final Python python = options.python();
        python.install(out, PythonContestant.TORCHVISION, PythonContestant.PILLOW, PythonContestant.WEBDATASET,
                PythonContestant.BRACEEXPAND, PythonContestant.YAML, PythonContestant.PYARROW);
        try (ContestantProcess writer = ContestantProcess.start("the writer of the files", python.contestant(IngestBench.class,
                "files_writer.py", Map.of("photos", photos.toString(), "files", files.toString(), "each", PHOTOS_IN_A_FILE)))) {
            out.println(writer.words());
        }
        final Map<String, Map<CropContestant, Rates>> rates = new LinkedHashMap<>();
        final RecipeSettings recipe = CropContest.recipe(options, List.of());
        for (final String kind : List.of("webdataset", "parquet")) {
            final String pattern = files + "/photos-*." + (kind.equals("parquet") ? "parquet" : "tar");
            rates.put(kind, Turns.of(List.of(new SourceContestant("retort", kind + ":" + pattern, recipe),
                    new PythonContestant("torchvision", python, kind + "_contestant.py",
                            Map.of("files", files.toString(), "size", options.size()))),
                    options.rounds(), options.seconds()));
        }
        return rates;
    }
}
