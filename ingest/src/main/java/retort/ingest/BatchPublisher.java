package retort.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import reactor.core.publisher.Mono;
import retort.ingest.demand.StreamLedger;
import retort.ingest.order.Layout;
import retort.ingest.pack.PackedRecord;
import retort.ingest.settings.IngestSettings;
import retort.ingest.source.DataSource;
import retort.ingest.source.UnboundedSource;
import retort.kafka.Broker;
import retort.kafka.RecordSink;
import retort.kafka.StreamRecords;
import retort.kafka.Topics;
import retort.record.IngestPosition;
import retort.record.PublishedMark;
import retort.trace.RecordTrace;

/**
 * Publishes the records of one stream exactly once. One transaction holds the records, the events about rejected samples, and the new
 * positions of ingest. The transactional id is that of the {@link Claim}, so that a newer process with the same id fences an older one. In
 * a group, a transaction fails with {@link org.apache.kafka.clients.consumer.CommitFailedException} if the group has changed. The
 * publisher runs one transaction at a time. Any thread.
 */
final class BatchPublisher implements AutoCloseable {
    private final RecordSink sink;
    private final Topics topics;
    private final StreamTopic stream;
    private final Optional<Layout> layout;
    private final DataSource source;
    private final Claim claim;

    private BatchPublisher(RecordSink sink, Claim claim, Topics topics, StreamTopic stream, DataSource source,
            Optional<Layout> layout) {
        this.sink = sink;
        this.claim = claim;
        this.topics = topics;
        this.stream = stream;
        this.layout = layout;
        this.source = source;
    }

    /**
     * Opens a publisher. Blocks until every transaction of an older owner has ended, because positions may be read only after that. The
     * caller closes it.
     *
     * @param owned the owned partitions, at least one
     */
    static BatchPublisher open(Broker broker, StreamTopic stream, Claim claim, Set<Integer> owned, DataSource source,
            Optional<Layout> layout) {
        final IngestSettings settings = claim.settings();
        final RecordSink sink = broker.transactionalSink(claim.transactionalId(stream.stream()),
                (long) settings.transaction() * settings.maxRecordBytes(), settings.maxRecordBytes());
        try {
            claim.awaitFormerOwners(broker, broker.topics().images(stream.stream()), owned);
        } catch (RuntimeException e) {
            sink.close();
            throw e;
        }
        return new BatchPublisher(sink, claim, broker.topics(), stream, source, layout);
    }

    /**
     * Publishes records in one transaction.
     *
     * @param records records in sequence order, at least one; their permits are closed when the transaction ends
     * @param ledger counts the records before the transaction begins
     * @return a Mono that emits the result of the transaction
     */
    Mono<Published> publish(List<PackedRecord> records, StreamLedger ledger) {
        final List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>();
        final Map<Integer, IngestPosition> positions = new TreeMap<>();
        final Instant now = Instant.now();
        for (final PackedRecord packed : records) {
            final int partition = StreamRecords.partition(packed.sequence(), stream.partitions());
            all.add(StreamRecords.record(topics, stream.stream(), stream.partitions(), packed.sequence(), packed.bytes()));
            packed.rejected().forEach(rejected -> all.add(topics.rejected().record(rejected)));
            ledger.published(packed.sequence(), packed.images(), packed.bytes().length);
            positions.put(partition, after(packed, partition, ledger.marks(), now));
        }
        positions.values().forEach(position -> all.add(topics.positions().record(position)));
        final PackedRecord last = records.getLast();
        return sink.sendAll(all, producer -> {
            commitSource(producer, last);
            claim.fencing(topics.images(stream.stream()), positions.keySet()).accept(producer);
        })
                .doFinally(end -> records.forEach(packed -> packed.permit().close()))
                .doOnSuccess(_ -> trace(records))
                .thenReturn(new Published(last.sequence(), last.epoch(), records.size(),
                        records.stream().mapToLong(PackedRecord::images).sum(),
                        records.stream().mapToLong(packed -> packed.rejected().size()).sum(),
                        records.stream().mapToLong(packed -> packed.bytes().length).sum()));
    }

    private void trace(List<PackedRecord> committed) {
        if (RecordTrace.isOn())
            committed.forEach(packed -> RecordTrace.note(stream.stream(), packed.sequence(), RecordTrace.Stage.PUBLISHED,
                    packed.images() + " images, " + packed.bytes().length + " bytes"));
    }

    @Override
    public void close() {
        sink.close();
    }

    /** Commits the position of an endless source in the same transaction as its records. */
    private void commitSource(Producer<byte[], byte[]> producer, PackedRecord last) {
        if (source instanceof UnboundedSource unbounded)
            last.sourcePosition().ifPresent(position -> unbounded.commit(producer, position));
    }

    private IngestPosition after(PackedRecord packed, int partition, List<PublishedMark> marks, Instant now) {
        final long next = packed.sequence() + stream.partitions();
        return IngestPosition.newBuilder().setStream(stream.stream()).setTopicId(stream.id().orElse(null)).setPartition(partition)
                .setNextSequence(next)
                .setEpoch(layout.map(cut -> cut.epoch(next)).orElse(0L))
                .setNextSample(layout.map(cut -> cut.place(next)).orElse(0L))
                .setSourcePosition(packed.sourcePosition().orElse(null)).setPublished(marks)
                .setEpochRejected(packed.epochRejected()).setAt(now).build();
    }
}
