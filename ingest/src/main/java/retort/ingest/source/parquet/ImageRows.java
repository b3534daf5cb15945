package retort.ingest.source.parquet;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One row group of one file: what a reader of it has to know.
 *
 * @param first number of its first row in the file
 * @param count rows
 */
record ImageRows(Path file, long first, long count, Part image, Optional<Part> label) {
    /** One column of the row group. */
    record Part(Footer.Column column, Footer.Chunk chunk) {
    }
}
