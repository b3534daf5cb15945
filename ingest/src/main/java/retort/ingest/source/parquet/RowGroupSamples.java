package retort.ingest.source.parquet;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.ForwardReader;
import retort.ingest.source.Label;
import retort.ingest.source.Sample;

/** The rows of one row group as samples. Pages that are passed over are decompressed too, so that their damage is met. */
final class RowGroupSamples implements ForwardReader.Samples {
    private final ImageRows rows;
    private final FileChannel file;
    private final ClassLabels classes;
    private final ColumnReader images;
    private final Optional<ColumnReader> labels;
    private long row;

    private RowGroupSamples(ImageRows rows, FileChannel file, ClassLabels classes) {
        this.rows = rows;
        this.classes = classes;
        this.file = file;
        this.images = new ColumnReader(file, rows.image().column(), rows.image().chunk());
        this.labels = rows.label().map(label -> new ColumnReader(file, label.column(), label.chunk()));
    }

    static RowGroupSamples open(ImageRows rows, ClassLabels classes) throws IOException {
        return new RowGroupSamples(rows, FileChannel.open(rows.file(), StandardOpenOption.READ), classes);
    }

    @Override
    public Optional<Sample> next(long id, boolean wanted) throws IOException {
        if (row == rows.count())
            return Optional.empty();
        final String name = rows.file().getFileName() + "#" + (rows.first() + row++);
        try {
            final boolean there = images.next();
            final Label label = labels.isPresent() && labels.get().next() ? rows.common(labels.get().label()) : Label.NONE;
            final Optional<String> problem = classes.problem(label);
            if (problem.isPresent())
                return Optional.of(unreadable(id, name, problem.get()));
            if (!there)
                return Optional.of(unreadable(id, name, "the row has no image"));
            if (images.length() > Sample.MAX_ENCODED_BYTES)
                return Optional.of(unreadable(id, name, images.length() + " bytes, more than " + Sample.MAX_ENCODED_BYTES));
            return Optional.of(Sample.encoded(id, name, classes.index(label), wanted ? images.bytes() : new byte[0]));
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
            throw new IOException(rows.file() + " is damaged in the row group of " + name, e);
        } catch (IOException e) {
            throw new IOException(rows.file() + ", row group of " + name + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        images.close();
        labels.ifPresent(ColumnReader::close);
        file.close();
    }

    private Sample unreadable(long id, String name, String reason) {
        return new Sample(id, name, -1, new Sample.Unreadable(rows.file() + " " + name, reason));
    }
}
