package retort.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.SchemaParser;
import org.apache.avro.SchemaValidatorBuilder;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.ImageBatch;
import retort.record.IngestPosition;
import retort.record.Picture;
import retort.record.Promotion;
import retort.record.RawImage;
import retort.record.Rejected;
import retort.record.TrainingProgress;

/**
 * Schemas evolve BACKWARD_TRANSITIVE: the present schema reads everything that every released schema has written.
 * A release adds a folder to {@code released}. It is in the main resources for records that have changed since, because {@link EventCodec}
 * still reads them, and in the test resources for the others.
 */
class ReleasedSchemasTest {
    private static final List<Schema> PRESENT = Stream.of(CheckpointReady.class, Evaluation.class, ImageBatch.class,
            IngestPosition.class, Picture.class, Promotion.class, RawImage.class, Rejected.class, retort.record.Stream.class,
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
    void everyRecordOfTheContractHasAReleasedSchema() throws IOException {
        try (Stream<Path> contract = Files.list(Path.of("src/main/avro"))) {
            assertThat(contract.map(file -> file.getFileName().toString().replace(".avsc", "")))
                    .containsExactlyInAnyOrderElementsOf(PRESENT.stream().map(Schema::getName).toList());
        }
    }

    @Test
    void anEventOfAReleaseIsReadWithTheDefaultsOfLaterFields() throws Exception {
        final Schema former = released("Evaluation").getLast();
        final GenericRecord event = new GenericRecordBuilder(former).set("run", "r").set("step", 1L).set("suite", "knn")
                .set("settingsHash", "h").set("metrics", Map.of("top1", 0.5)).set("images", 2L).set("durationMillis", 3L)
                .set("checkpointSha256", "s").set("objective", "distill").set("stream", "val").set("at", 4L).build();
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(SingleObject.header(SingleObject.fingerprint(former)));
        final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(former).write(event, encoder);
        encoder.flush();

        final Evaluation read = EventCodec.of(Evaluation.class).decode(out.toByteArray());

        assertThat(read.getMetrics()).containsExactlyEntriesOf(Map.of("top1", 0.5));
        assertThat(read.getAt()).isEqualTo(Instant.ofEpochMilli(4));
        assertThat(read.getError()).isNull();
        assertThat(read.getConfusions()).isEmpty();
    }

    @Test
    void pixelsStayTheLastFieldOfABatchWhichIsReadInPlace() throws IOException {
        assertThat(ImageBatch.getClassSchema().getFields().getLast().name()).isEqualTo("pixels");
        assertThat(released("ImageBatch")).as("the view knows one layout: another needs a view of its own")
                .allSatisfy(schema -> assertThat(SingleObject.fingerprint(schema)).isEqualTo(ImageBatchView.FINGERPRINT));
    }

    /** The schemas of all releases, newest first, in the order that Avro's validator requires. */
    private static List<Schema> released(String name) throws IOException {
        try (Stream<Path> read = Files.walk(Path.of("src/main/resources/released"));
                Stream<Path> unchanged = Files.walk(Path.of("src/test/resources/released"))) {
            return Stream.concat(read, unchanged).filter(file -> file.endsWith(name + ".avsc"))
                    .sorted(java.util.Comparator.reverseOrder())
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
