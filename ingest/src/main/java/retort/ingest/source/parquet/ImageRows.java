package retort.ingest.source.parquet;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import retort.ingest.source.Label;

/**
 * One row group of one file, as a reader needs it.
 *
 * @param first number of its first row in the file
 * @param count rows
 * @param names the class names of the file's label numbers, where labels are matched by name; empty elsewhere
 */
record ImageRows(Path file, long first, long count, Part image, Optional<Part> label, List<String> names) {
    /** One column of the row group. */
    record Part(Footer.Column column, Footer.Chunk chunk) {
    }

    ImageRows named(List<String> itsNames) {
        return new ImageRows(file, first, count, image, label, itsNames);
    }

    /** The label as it counts for the whole set. */
    Label common(Label written) {
        return written instanceof Label.Index(int value) && value < names.size() ? new Label.Name(names.get(value)) : written;
    }
}
