package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import retort.record.Stream;

class SequenceMergeTest {
    private static final Stream TRAIN = TestStream.stream("train", 2);

    private long logStart;
    private long offset;

    @Test
    void waitsForThePartitionThatOwesTheNextSequence() {
        final SequenceMerge merge = merge(0, OptionalLong.empty());
        merge.add(record(1));
        merge.add(record(3));
        assertThat(merge.next()).isNull();
        assertThat(merge.owes(0)).isTrue();
        assertThat(merge.owes(1)).isFalse();
        assertThat(merge.buffered(0)).isZero();
        assertThat(merge.buffered(1)).isPositive();
        merge.add(record(0));
        assertThat(drain(merge)).containsExactly(0L, 1L);
        merge.add(record(2));
        assertThat(drain(merge)).containsExactly(2L, 3L);
        assertThat(merge.buffered(1)).isZero();
    }

    @Test
    void dropsWhatIsRepeatedAndWhatLiesBeforeTheStart() {
        final SequenceMerge merge = merge(2, OptionalLong.empty());
        for (final long sequence : new long[]{0, 1, 2, 0, 2, 3, 1, 3, 4})
            merge.add(record(sequence));
        assertThat(drain(merge)).containsExactly(2L, 3L, 4L);
    }

    @Test
    void aHigherSequenceInTheOwingPartitionProvesAGap() {
        final SequenceMerge merge = merge(0, OptionalLong.empty());
        for (final long sequence : new long[]{0, 1, 4})
            merge.add(record(sequence));
        assertThat(merge.next().sequence()).isZero();
        assertThat(merge.next().sequence()).isOne();
        assertThatThrownBy(merge::next).isInstanceOf(StreamGapException.class)
                .hasMessageContaining("sequence 2 of stream train is missing").hasMessageContaining("holds sequence 4")
                .hasMessageContaining("-0@");
    }

    @Test
    void whatRetentionCutOffIsNoGap() {
        final SequenceMerge merge = merge(0, OptionalLong.empty());
        logStart = 17;
        merge.add(record(6));
        assertThatThrownBy(merge::next).isInstanceOf(PositionOutOfRangeException.class)
                .hasMessageContaining("sequence 0 of stream train").hasMessageContaining("offset 17")
                .hasMessageContaining("first sequence is 6").hasMessageContaining("To go on");
    }

    @Test
    void anUndecodableRecordIsAGapWithANumber() {
        final SequenceMerge merge = merge(0, OptionalLong.empty());
        merge.add(record(0));
        merge.add(consumed(StreamRecords.record(Topics.DEFAULT, "train", 2, 1, new byte[]{1, 2, 3})));
        assertThat(merge.next().sequence()).isZero();
        assertThatThrownBy(merge::next).isInstanceOf(StreamGapException.class)
                .hasMessageContaining("sequence 1 of stream train cannot be read").hasMessageContaining("retort.images.train-1@");
    }

    @Test
    void anUndecodableRecordThatWasRepeatedDoesNoHarm() {
        final SequenceMerge merge = merge(2, OptionalLong.empty());
        merge.add(consumed(StreamRecords.record(Topics.DEFAULT, "train", 2, 0, new byte[]{1, 2, 3})));
        merge.add(record(2));
        assertThat(drain(merge)).containsExactly(2L);
    }

    @Test
    void aRecordWithoutTheHeaderIsReadByItsOwnNumber() {
        final ProducerRecord<byte[], byte[]> whole = TestStream.batch(Topics.DEFAULT, TRAIN, 0, 4);
        final SequenceMerge merge = merge(0, OptionalLong.empty());
        merge.add(consumed(new ProducerRecord<>(whole.topic(), 0, null, whole.value())));
        assertThat(drain(merge)).containsExactly(0L);
        merge.add(consumed(new ProducerRecord<>(whole.topic(), 1, null, new byte[3])));
        assertThatThrownBy(merge::next).isInstanceOf(StreamGapException.class)
                .hasMessageContaining("sequence 1 of stream train cannot be read");
    }

    @Test
    void aRecordThatCallsItselfOtherwiseIsNotTrusted() {
        final SequenceMerge merge = merge(0, OptionalLong.empty());
        merge.add(consumed(StreamRecords.record(Topics.DEFAULT, "train", 2, 0,
                TestStream.batch(Topics.DEFAULT, TestStream.stream("val", 2), 0, 4).value())));
        assertThatThrownBy(merge::next).isInstanceOf(StreamGapException.class).hasMessageContaining("of stream val");
    }

    @Test
    void aRecordInAnotherPartitionThanItsOwnIsNamed() {
        final SequenceMerge merge = merge(0, OptionalLong.empty());
        merge.add(consumed(StreamRecords.record(Topics.DEFAULT, "train", 3, 3,
                TestStream.batch(Topics.DEFAULT, TRAIN, 3, 4).value())));
        assertThatThrownBy(merge::next).isInstanceOf(StreamGapException.class)
                .hasMessageContaining("sequence 3").hasMessageContaining("with 2 partitions, puts it into partition 1");
    }

    @Test
    void isCompleteAfterItsLastSequence() {
        final SequenceMerge merge = merge(0, OptionalLong.of(1));
        merge.add(record(0));
        merge.add(record(1));
        merge.next();
        assertThat(merge.isComplete()).isFalse();
        merge.next();
        assertThat(merge.isComplete()).isTrue();
        assertThat(merge(5, OptionalLong.of(4)).isComplete()).isTrue();
    }

    private SequenceMerge merge(long first, OptionalLong last) {
        return new SequenceMerge(new LiveTopic("retort.images.train", Optional.empty(), 2), "train", 2, first, last,
                partition -> logStart);
    }

    private ConsumerRecord<byte[], ByteBuffer> record(long sequence) {
        return consumed(TestStream.batch(Topics.DEFAULT, TRAIN, sequence, 4));
    }

    private ConsumerRecord<byte[], ByteBuffer> consumed(ProducerRecord<byte[], byte[]> sent) {
        return new ConsumerRecord<>(sent.topic(), sent.partition(), offset++, 0, TimestampType.CREATE_TIME, -1,
                sent.value().length, null, ByteBuffer.wrap(sent.value()), new RecordHeaders(sent.headers()), Optional.empty());
    }

    private static List<Long> drain(SequenceMerge merge) {
        final List<Long> sequences = new ArrayList<>();
        for (BatchRecord next = merge.next(); next != null; next = merge.next())
            sequences.add(next.sequence());
        return sequences;
    }
}
