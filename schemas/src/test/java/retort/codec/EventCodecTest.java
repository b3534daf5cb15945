package retort.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import retort.record.Evaluation;
import retort.record.Rejected;
import retort.record.RunState;
import retort.record.Stream;
import retort.record.TrainingProgress;

class EventCodecTest {
    private static final Stream STREAM = Stream.newBuilder().setName("träin").setSource("idx:/data").setRecipe("pretrain")
            .setSeed(-7).setChannels(1).setHeight(28).setWidth(28).setMean(List.of(0.5)).setStd(List.of(0.25))
            .setClassNames(List.of("a", "", "c")).setSamplesPerEpoch(60_000L).setImagesPerRecord(64).setPartitions(3)
            .setSettingsHash("abc").setCreatedAt(Instant.ofEpochMilli(1234)).build();
    private static final TrainingProgress PROGRESS = TrainingProgress.newBuilder().setRun("r").setStream("s")
            .setState(RunState.WAITING).setStep(3).setSteps(10).setBatch(64).setNextSequence(9).setSavedSequence(5)
            .setEpoch(0.25).setLosses(Map.of("total", 1.5, "distillation", 0.5)).setLearningRate(1e-3)
            .setImagesPerSecond(100).setWaitingShare(0.1).setLeaseMillis(30_000).setAt(Instant.ofEpochMilli(99)).build();

    private final EventCodec<Stream> streams = EventCodec.of(Stream.class);
    private final EventCodec<TrainingProgress> progress = EventCodec.of(TrainingProgress.class);

    @Test
    void givesBackWhatWasEncoded() throws Exception {
        assertThat(streams.decode(streams.encode(STREAM))).isEqualTo(STREAM);
        assertThat(progress.decode(progress.encode(PROGRESS))).isEqualTo(PROGRESS);
    }

    @Test
    void writesWhatAvrosOwnSingleObjectEncoderWrites() throws Exception {
        assertThat(streams.encode(STREAM)).isEqualTo(avro(STREAM));
        assertThat(progress.encode(PROGRESS)).isEqualTo(avro(PROGRESS));
    }

    @Test
    void refusesEveryCutAndEverySurplusByte() {
        final byte[] whole = progress.encode(PROGRESS);
        for (int length = 0; length < whole.length; length++) {
            final byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> progress.decode(cut)).isInstanceOf(UndecodableException.class);
        }
        assertThatThrownBy(() -> progress.decode(Arrays.copyOf(whole, whole.length + 1)))
                .isInstanceOf(UndecodableException.class).hasMessageContaining("1 bytes are left over");
    }

    @Test
    void namesTheConfluentFramingForWhatItIs() {
        final byte[] framed = ByteBuffer.allocate(20).put((byte) 0).putInt(41).array();
        assertThatThrownBy(() -> streams.decode(framed)).isInstanceOf(UndecodableException.class)
                .hasMessageContaining("Confluent framing (schema id 41").hasMessageContaining("Stream");
    }

    @Test
    void namesTheFingerprintOfAnotherRecordType() {
        final byte[] other = progress.encode(PROGRESS);
        assertThatThrownBy(() -> streams.decode(other)).isInstanceOf(UndecodableException.class)
                .hasMessageContaining("unknown schema fingerprint").hasMessageContaining("Stream");
    }

    @Test
    void readsWhatAFormerSchemaWrote() throws Exception {
        final Schema present = Rejected.getClassSchema();
        final Schema former = SchemaBuilder.record("Rejected").namespace("retort.record").fields().requiredString("source")
                .requiredString("what").requiredString("where").requiredString("reason")
                .name("at").type(present.getField("at").schema()).noDefault().endRecord();
        final Rejected event = Rejected.newBuilder().setSource("ingest/idx").setWhat("7").setWhere("file").setReason("cut")
                .setAt(Instant.ofEpochMilli(5)).build();
        final var old = new org.apache.avro.generic.GenericData.Record(former);
        old.put("source", "ingest/idx");
        old.put("what", "7");
        old.put("where", "file");
        old.put("reason", "cut");
        old.put("at", 5L);
        final ByteBuffer encoded = new BinaryMessageEncoder<>(org.apache.avro.generic.GenericData.get(), former).encode(old);
        final byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        final EventCodec<Rejected> codec = EventCodec.of(Rejected.class);

        assertThat(codec.reading(former).decode(bytes)).isEqualTo(event);
        assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOf(UndecodableException.class);
    }

    @Test
    void believesNoLengthOrCountThatTheBytesDoNotHold() throws Exception {
        final byte[] header = Arrays.copyOf(streams.encode(STREAM), SingleObject.HEADER_BYTES);
        final byte[] longName = new WireOutput(64).raw(header).number(Integer.MAX_VALUE).raw(new byte[20]).toByteArray();
        final byte[] negative = new WireOutput(64).raw(header).number(-3).raw(new byte[20]).toByteArray();
        final byte[] manyMeans = new WireOutput(128).raw(header).number(0).number(0).number(0).number(1).number(1).number(1)
                .number(1).number(Integer.MAX_VALUE).raw(new byte[30]).toByteArray();
        assertThatThrownBy(() -> streams.decode(longName)).isInstanceOf(UndecodableException.class)
                .hasMessageContaining("name claims 2147483647 bytes where 20 are left");
        assertThatThrownBy(() -> streams.decode(negative)).isInstanceOf(UndecodableException.class)
                .hasMessageContaining("claims -3 bytes");
        assertThatThrownBy(() -> streams.decode(manyMeans)).isInstanceOf(UndecodableException.class)
                .hasMessageContaining("mean claims 2147483647 items where 30 bytes are left");
    }

    @Test
    void hostileBytesEndInOneKindOfError() {
        final Random random = new Random(1);
        final byte[] good = progress.encode(PROGRESS);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            final byte[] bytes = good.clone();
            for (int n = random.nextInt(4); n >= 0; n--)
                bytes[SingleObject.HEADER_BYTES + random.nextInt(bytes.length - SingleObject.HEADER_BYTES)] = (byte) random
                        .nextInt();
            try {
                assertThat(progress.decode(bytes)).isNotNull();
            } catch (UndecodableException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void mapsAreWrittenAsAvroWritesThem() {
        final Evaluation evaluation = Evaluation.newBuilder().setRun("r").setStep(1).setSuite("knn").setSettingsHash("h")
                .setMetrics(Map.of("top1", 0.5)).setImages(10).setDurationMillis(3).setCheckpointSha256("s")
                .setObjective("distill").setStream("val").setAt(Instant.ofEpochMilli(7)).build();
        assertThat(EventCodec.of(Evaluation.class).encode(evaluation)).isEqualTo(avro(evaluation));
    }

    private static byte[] avro(SpecificRecord record) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            new BinaryMessageEncoder<>(SpecificData.getForClass(record.getClass()), record.getSchema()).encode(record, out);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }
}
