package retort.compose.study;

import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.file.WholeFile;

/** Writes the results of a study to its folder: {@code results.csv}, {@code results.md} and a file for each plot. Main thread. */
final class StudyFiles {
    private static final Logger LOG = LoggerFactory.getLogger(StudyFiles.class);

    private StudyFiles() {
    }

    /**
     * @return the page
     * @throws IOException if a file cannot be written; the message says what to do
     */
    static Path write(Results results, Path directory) throws IOException {
        WholeFile.write(directory.resolve("results.csv"), bytes(new ResultsCsv(results).toString()));
        final Path page = directory.resolve("results.md");
        WholeFile.write(page, bytes(new ResultsPage(results, plots(results, directory)).toString()));
        return page;
    }

    private static Map<StudyFigure, List<String>> plots(Results results, Path directory) throws IOException {
        final Optional<String> fontless = fontless();
        if (fontless.isPresent()) {
            LOG.warn("no plots are drawn, because Java finds no fonts here ({}): install fontconfig and a font, such as"
                    + " fonts-dejavu-core, and make the page again with 'retort study report'", fontless.get());
            return Map.of();
        }
        final Map<StudyFigure, List<String>> written = new LinkedHashMap<>();
        for (final StudyFigure figure : results.study().settings().figures())
            for (final Map.Entry<String, Plot> plot : new ResultsPlots(results).of(figure).entrySet()) {
                WholeFile.write(directory.resolve(plot.getKey()), bytes(plot.getValue().svg()));
                written.computeIfAbsent(figure, key -> new ArrayList<>()).add(plot.getKey());
            }
        return written;
    }

    /** Why Java cannot measure texts; empty if it can. It needs the fonts of the machine, which a slim container lacks. */
    private static Optional<String> fontless() {
        try {
            new Font(Font.SANS_SERIF, Font.PLAIN, 13).getStringBounds("x", new FontRenderContext(null, true, true));
            return Optional.empty();
        } catch (LinkageError | InternalError | RuntimeException e) {
            return Optional.of(e.toString());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
