package retort.ingest.source.parquet;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.Label;

/** Reads all labels, and nothing else, of a set that names no classes. */
final class LabelSurvey {
    private final Set<String> texts = new TreeSet<>();
    private int highest = -1;

    private LabelSurvey() {
    }

    static ClassLabels of(List<ImageRows> rowGroups) throws IOException {
        final LabelSurvey survey = new LabelSurvey();
        for (final ImageRows rows : rowGroups)
            if (rows.label().isPresent())
                survey.read(rows, rows.label().get());
        return ClassLabels.found(survey.highest, survey.texts);
    }

    private void read(ImageRows rows, ImageRows.Part part) throws IOException {
        try (FileChannel file = FileChannel.open(rows.file(), StandardOpenOption.READ);
                ColumnReader labels = new ColumnReader(file, part.column(), part.chunk())) {
            for (long row = 0; row < rows.count(); row++)
                if (labels.next())
                    note(labels.label());
        } catch (IOException | BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException
                | ArithmeticException e) {
            throw new IOException(rows.file() + " is damaged in the labels of its row group from row " + rows.first() + " on: "
                    + e.getMessage(), e);
        }
    }

    private void note(Label label) {
        if (label instanceof Label.Index(int value))
            highest = Math.max(highest, value);
        else if (label instanceof Label.Name(String text))
            texts.add(text);
    }
}
