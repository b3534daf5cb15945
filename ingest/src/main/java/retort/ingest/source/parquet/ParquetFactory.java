package retort.ingest.source.parquet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import retort.ingest.source.ClassNames;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.FileName;
import retort.ingest.source.FilePattern;
import retort.ingest.source.Findings;
import retort.ingest.source.ForwardShards;
import retort.ingest.source.Listing;
import retort.ingest.source.PassedOver;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;

/**
 * {@code parquet:PATTERN}: image sets as Hugging Face keeps them, a column {@code image} of bytes and path and a column
 * {@code label}; class names come from the data set's own description in the file.
 */
public final class ParquetFactory implements DataSourceFactory {
    /** As the common sets name them. */
    private static final List<String> IMAGE_COLUMNS = List.of("image", "img");

    private static final List<String> LABEL_COLUMNS = List.of("label", "labels", "fine_label");

    @Override
    public String scheme() {
        return "parquet";
    }

    @Override
    public String usage() {
        return "parquet:PATTERN[?image=COLUMN&label=COLUMN&classes=FILE]  such as data/train-*.parquet of Hugging Face";
    }

    @Override
    public DataSource open(String given, SourceContext context) throws SourceException {
        final SourceLocation location = SourceLocation.parse(scheme(), given, Set.of("image", "label", "classes"));
        final List<String> imageNames = location.option("image").map(List::of).orElse(IMAGE_COLUMNS);
        final List<String> labelNames = location.option("label").map(List::of).orElse(LABEL_COLUMNS);
        final List<ImageRows> rowGroups = new ArrayList<>();
        final Listing listing = new Listing();
        List<String> classNames = List.of();
        for (final Path path : FilePattern.files(location)) {
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
                final Footer footer = Footer.read(file);
                final int image = image(footer, imageNames);
                final Optional<Integer> label = label(footer, labelNames);
                if (location.option("label").isPresent() && label.isEmpty())
                    throw new IOException("it has no column of whole numbers called " + labelNames.getFirst());
                add(path, footer, image, label, rowGroups);
                listing.add(FileName.of(path), file.size());
                if (classNames.isEmpty() && label.isPresent())
                    classNames = classNames(footer, footer.columns().get(label.get()).path());
            } catch (IOException e) {
                throw new SourceException(location + ": " + path + " cannot be read: " + e.getMessage(), e);
            }
        }
        final Optional<List<String>> classes = ClassNames.given(location);
        return new ForwardShards<>(rowGroups, rowGroups.stream().mapToLong(ImageRows::count).toArray(),
                classes.orElse(classNames), new Findings(listing.hex(), new PassedOver(), List.of()), ImageRows::file,
                (rows, passedOver) -> RowGroupSamples.open(rows));
    }

    private static int image(Footer footer, List<String> names) throws IOException {
        return names.stream().flatMap(name -> Stream.of(name + ".bytes", name)).flatMap(path -> footer.column(path).stream())
                .filter(i -> footer.columns().get(i).type() == Footer.Column.BYTE_ARRAY && !footer.columns().get(i).repeated())
                .findFirst().orElseThrow(() -> new IOException("it has no column of images called " + String.join(" or ", names)
                        + ", but " + footer.columns().stream().map(Footer.Column::path).toList()
                        + ": name it with image=COLUMN"));
    }

    private static Optional<Integer> label(Footer footer, List<String> names) {
        return names.stream().flatMap(name -> footer.column(name).stream()).filter(i -> {
            final Footer.Column column = footer.columns().get(i);
            return (column.type() == Footer.Column.INT64 || column.type() == Footer.Column.INT32) && !column.repeated();
        }).findFirst();
    }

    private static void add(Path path, Footer footer, int image, Optional<Integer> label, List<ImageRows> rowGroups)
            throws IOException {
        long first = 0;
        for (final Footer.RowGroup group : footer.rowGroups()) {
            ColumnReader.require(group.chunks().get(image));
            if (label.isPresent())
                ColumnReader.require(group.chunks().get(label.get()));
            rowGroups.add(new ImageRows(path, first, group.rows(),
                    new ImageRows.Part(footer.columns().get(image), group.chunks().get(image)),
                    label.map(i -> new ImageRows.Part(footer.columns().get(i), group.chunks().get(i)))));
            first += group.rows();
        }
    }

    /** Of the ClassLabel that Hugging Face's data sets library describes the column with. */
    private static List<String> classNames(Footer footer, String label) throws IOException {
        final List<String> names = new ArrayList<>();
        try {
            for (final JsonNode name : new ObjectMapper().readTree(footer.metadata().getOrDefault("huggingface", "{}"))
                    .path("info").path("features").path(label).path("names"))
                names.add(name.asText());
        } catch (JsonProcessingException e) {
            throw new IOException("its description under the key huggingface is no JSON", e);
        }
        return List.copyOf(names);
    }
}
