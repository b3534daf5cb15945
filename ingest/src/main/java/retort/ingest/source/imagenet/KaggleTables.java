package retort.ingest.source.imagenet;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The two text files of Kaggle's layout. */
final class KaggleTables {
    private KaggleTables() {
    }

    /** {@code LOC_synset_mapping.txt}: a synset's id and its words on each line. */
    static Synsets synsets(Path file) throws IOException {
        final List<String> ids = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine())
                if (!line.isBlank())
                    ids.add(synset(file, plain(line).split("\\s", 2)[0]));
        }
        return Synsets.sorted(ids);
    }

    /**
     * {@code LOC_val_solution.csv}: class index by image id, in the order of the ids. The class is the first word of the second column.
     *
     * @throws IOException if a line is of another form, or an image has two classes
     */
    static NavigableMap<String, Integer> validation(Path file, Synsets synsets) throws IOException {
        final NavigableMap<String, Integer> labels = new TreeMap<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                final String[] columns = line.split(",", 2);
                final String image = plain(columns[0]).replaceFirst("\\.JPEG$", "");
                if (line.isBlank() || labels.isEmpty() && image.equals("ImageId"))
                    continue;
                if (columns.length < 2 || !image.matches("[\\w-]+"))
                    throw new IOException(file + ": '" + line + "' is not ImageId,PredictionString");
                final String id = synset(file, plain(columns[1]).split("\\s", 2)[0]);
                final int label = synsets.index(id)
                        .orElseThrow(() -> new IOException(file + ": " + id + " is not in LOC_synset_mapping.txt"));
                final Integer before = labels.put(image, label);
                if (before != null && before != label)
                    throw new IOException(file + " gives " + image + " two classes: correct one of the two lines");
            }
        }
        return labels;
    }

    /** The text without a byte order mark, blanks and quotes around it, which spreadsheets add. */
    private static String plain(String text) {
        final String stripped = text.replace("\uFEFF", "").strip();
        return stripped.length() > 1 && stripped.startsWith("\"") && stripped.endsWith("\"")
                ? stripped.substring(1, stripped.length() - 1).strip()
                : stripped;
    }

    private static String synset(Path file, String id) throws IOException {
        if (!Synsets.isId(id))
            throw new IOException(file + ": '" + id + "' is no synset id such as n01440764");
        return id;
    }
}
