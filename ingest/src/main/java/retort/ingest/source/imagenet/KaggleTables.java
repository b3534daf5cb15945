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
                    ids.add(synset(file, line.strip().split("\\s", 2)[0]));
        }
        return Synsets.sorted(ids);
    }

    /** {@code LOC_val_solution.csv}: class index by image id, in the order of the ids. The class is the first word of the second column. */
    static NavigableMap<String, Integer> validation(Path file, Synsets synsets) throws IOException {
        final NavigableMap<String, Integer> labels = new TreeMap<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            lines.readLine(); // ImageId,PredictionString
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                final String[] columns = line.split(",", 2);
                if (line.isBlank())
                    continue;
                if (columns.length < 2 || !columns[0].matches("[\\w-]+"))
                    throw new IOException(file + ": '" + line + "' is not ImageId,PredictionString");
                final String id = synset(file, columns[1].strip().split("\\s", 2)[0]);
                labels.put(columns[0], synsets.index(id)
                        .orElseThrow(() -> new IOException(file + ": " + id + " is not in LOC_synset_mapping.txt")));
            }
        }
        return labels;
    }

    private static String synset(Path file, String id) throws IOException {
        if (!Synsets.isId(id))
            throw new IOException(file + ": '" + id + "' is no synset id such as n01440764");
        return id;
    }
}
