package retort.bench.ingest;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import retort.bench.BenchException;
import retort.bench.Python;
import retort.ingest.recipe.RecipeSettings;
import retort.settings.Section;
import retort.settings.Settings;

/** Measures the pretraining crops of all contestants, in turns, with one worker and with two. */
final class CropContest {
    private final IngestOptions options;
    private final Path folder;
    private final List<Path> photos;

    /** @throws BenchException if there are no photographs below {@code photos} */
    CropContest(IngestOptions options, Path photos) {
        this.options = options;
        this.folder = Files.isDirectory(photos.resolve("train")) ? photos.resolve("train") : photos;
        try (Stream<Path> files = Files.walk(folder)) {
            this.photos = files.filter(file -> file.toString().toLowerCase(Locale.ROOT).matches(".*\\.jpe?g")).sorted()
                    .toList();
        } catch (IOException e) {
            throw new BenchException("the photographs cannot be listed: " + e);
        }
        if (this.photos.isEmpty())
            throw new BenchException("no .jpg, .jpeg or .JPEG below " + folder + ": give a folder with one folder a class");
    }

    /** Runs all turns. @return rates in images a second, by contestant and number of workers */
    Map<CropContestant, Rates> run(PrintStream out) {
        final List<CropContestant> contestants = contestants(out);
        out.printf("%d photographs, crops of %d px, %d turns of %.1f s each%n", photos.size(), options.size(), options.rounds(),
                options.seconds());
        return Turns.of(contestants, options.rounds(), options.seconds());
    }

    private List<CropContestant> contestants(PrintStream out) {
        final List<CropContestant> all = new ArrayList<>(List.of(
                retort("exact", "Retort, exact", List.of()),
                retort("fast", "Retort, fast", List.of("ingest.decode.fast=true")),
                retort("imageio", "ImageIO, own resampler", List.of("ingest.decode.library=imageio"))));
        if (options.torchvision()) {
            final Python python = options.python();
            python.install(out, PythonContestant.TORCHVISION, PythonContestant.PILLOW);
            all.add(new PythonContestant("torchvision", python, "torchvision_contestant.py",
                    Map.of("folder", folder.toString(), "size", options.size())));
        }
        return all;
    }

    private CropContestant retort(String key, String title, List<String> given) {
        return new RecipeContestant(key, title, photos, recipe(options, given));
    }

    /** The recipe {@code pretrain} with the size that the options name. */
    static RecipeSettings recipe(IngestOptions options, List<String> given) {
        final List<String> pairs = new ArrayList<>(given);
        pairs.add("ingest.image=" + options.size());
        return RecipeSettings.from(Section.of(Settings.load(Optional.empty(), pairs), "ingest"), "pretrain", 0);
    }

    /** The folder that holds one folder a class. */
    Path folder() {
        return folder;
    }
}
