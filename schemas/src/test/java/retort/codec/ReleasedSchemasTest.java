package retort.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParser;
import org.apache.avro.SchemaValidatorBuilder;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.ImageBatch;
import retort.record.IngestPosition;
import retort.record.Promotion;
import retort.record.RawImage;
import retort.record.Rejected;
import retort.record.TrainingProgress;

/** Schemas evolve BACKWARD_TRANSITIVE: the present one reads what every released one wrote. A release adds a folder to {@code released}. */
class ReleasedSchemasTest {
    private static final List<Schema> PRESENT = Stream.of(CheckpointReady.class, Evaluation.class, ImageBatch.class,
            IngestPosition.class, Promotion.class, RawImage.class, Rejected.class, retort.record.Stream.class,
            TrainingProgress.class)
            .map(SpecificData.get()::getSchema).toList();

    @Test
    void thePresentSchemasReadWhatEveryReleasedOneWrote() throws Exception {
        final TreeSet<String> held = new TreeSet<>();
        for (final Schema present : PRESENT) {
            final List<Schema> released = released(present.getName());
            new SchemaValidatorBuilder().canReadStrategy().validateAll().validate(present, released);
            if (!released.isEmpty())
                held.add(present.getName());
        }
        assertThat(held).as("records with a released schema").hasSize(PRESENT.size());
    }

    @Test
    void pixelsStayTheLastFieldOfABatchWhichIsReadInPlace() throws IOException {
        assertThat(ImageBatch.getClassSchema().getFields().getLast().name()).isEqualTo("pixels");
        assertThat(released("ImageBatch")).as("the view knows one layout: another needs a view of its own")
                .allSatisfy(schema -> assertThat(SingleObject.fingerprint(schema)).isEqualTo(ImageBatchView.FINGERPRINT));
    }

    /** Of every release, newest first, as the validator wants them. */
    private static List<Schema> released(String name) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/resources/released"))) {
            return files.filter(file -> file.endsWith(name + ".avsc")).sorted(java.util.Comparator.reverseOrder())
                    .map(ReleasedSchemasTest::parse).toList();
        }
    }

    private static Schema parse(Path file) {
        try {
            return new SchemaParser().parse(file).mainSchema();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
