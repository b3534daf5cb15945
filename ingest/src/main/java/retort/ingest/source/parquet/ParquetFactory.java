package retort.ingest.source.parquet;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.ClassNames;
import retort.ingest.source.Contents;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
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
 * {@code label}. Class names come from the data set's own description in the file, from {@code classes=FILE}, or from the labels.
 */
public final class ParquetFactory implements DataSourceFactory {
    /** The largest number of remarks about the columns of files that have different ones. */
    private static final int SHOWN = 5;

    /** The label column, class names and row groups of one file. */
    private record Described(Path path, Optional<Integer> label, List<String> names, List<ImageRows> rowGroups, String columns) {
        boolean hasRows() {
            return rowGroups.stream().anyMatch(rows -> rows.count() > 0);
        }
    }

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
        final SourceLocation location = SourceLocation.parse(scheme(), given, Set.of("image", "label", "classes"), context);
        final Columns columns = Columns.of(location);
        final Listing listing = new Listing();
        final List<Described> files = new ArrayList<>();
        for (final Path path : FilePattern.files(location)) {
            try {
                files.add(described(path, columns, listing));
            } catch (IOException e) {
                throw new SourceException(location + ": " + path + " cannot be read: " + e.getMessage(), e);
            }
        }
        final Optional<List<String>> classes = ClassNames.given(location);
        final List<ImageRows> rowGroups = rowGroups(location, files, classes.orElse(List.of()));
        final ClassLabels labels = labels(location, files, rowGroups, classes);
        return new ForwardShards<>(rowGroups, rowGroups.stream().mapToLong(ImageRows::count).toArray(), labels.names(),
                Findings.of(listing, new PassedOver(),
                        Stream.concat(files.stream().map(Described::columns).distinct().limit(SHOWN), labels.remarks().stream())
                                .toList())
                        .with(Contents.of(files.stream().map(Described::path).toList())),
                ImageRows::file,
                (rows, passedOver) -> RowGroupSamples.open(rows, labels));
    }

    private static Described described(Path path, Columns columns, Listing listing) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            final Footer footer = Footer.read(file);
            final Description description = Description.of(footer);
            final int image = columns.image(footer);
            final Optional<Integer> label = columns.label(footer, description, image);
            listing.add(path, "", file.size());
            final List<ImageRows> rowGroups = new ArrayList<>();
            long first = 0;
            for (final Footer.RowGroup group : footer.rowGroups()) {
                final ImageRows.Part images = part(file, footer, group, image);
                listing.add("rows", group.rows()).add("bytes", images.chunk().size());
                rowGroups.add(new ImageRows(path, first, group.rows(), images,
                        label.isPresent() ? Optional.of(part(file, footer, group, label.get())) : Optional.empty(), List.of()));
                first += group.rows();
            }
            return new Described(path, label,
                    label.map(i -> description.classNames(footer.columns().get(i).path())).orElse(List.of()), rowGroups,
                    Columns.remark(footer, image, label));
        }
    }

    private static ImageRows.Part part(FileChannel file, Footer footer, Footer.RowGroup group, int column) throws IOException {
        if (group.rows() > 0)
            ColumnReader.require(file, footer.columns().get(column), group.chunks().get(column));
        return new ImageRows.Part(footer.columns().get(column), group.chunks().get(column));
    }

    /**
     * All row groups. Where the given list holds the names that the files give their numbers, a number is told by its name, because
     * the list may have another order. Files with different lists need that; elsewhere the list gives the numbers new names.
     *
     * @param listed the given list; empty if there is none
     */
    private static List<ImageRows> rowGroups(SourceLocation location, List<Described> all, List<String> listed)
            throws SourceException {
        final List<Described> files = withRows(all);
        final Described first = files.getFirst();
        final boolean byName = files.stream().allMatch(file -> !file.names().isEmpty() && listed.containsAll(file.names()));
        for (final Described file : files) {
            if (file.label().isPresent() != first.label().isPresent())
                throw new SourceException(location + ": of " + first.path() + " and " + file.path()
                        + " one has a label column and the other has none: read them apart, or name the column with label=COLUMN");
            if (!byName && !file.names().equals(first.names()))
                throw new SourceException(location + ": " + first.path() + " and " + file.path() + " have two lists of classes, "
                        + first.names().stream().limit(5).toList() + "... and " + file.names().stream().limit(5).toList()
                        + "...: name all classes of all files with classes=FILE, and labels are matched by name");
        }
        return files.stream().flatMap(file -> file.rowGroups().stream().map(rows -> byName ? rows.named(file.names()) : rows))
                .toList();
    }

    /** The files that have a row; all of them if none has. A file without a row has no class, either. */
    private static List<Described> withRows(List<Described> files) {
        final List<Described> some = files.stream().filter(Described::hasRows).toList();
        return some.isEmpty() ? files : some;
    }

    private static ClassLabels labels(SourceLocation location, List<Described> files, List<ImageRows> rowGroups,
            Optional<List<String>> classes) throws SourceException {
        if (classes.isPresent())
            return ClassLabels.listed(classes.get());
        final List<String> names = withRows(files).getFirst().names();
        if (!names.isEmpty())
            return ClassLabels.listed(names);
        try {
            return LabelSurvey.of(rowGroups);
        } catch (IOException e) {
            throw new SourceException(location + ": labels cannot be read: " + e.getMessage(), e);
        }
    }
}
