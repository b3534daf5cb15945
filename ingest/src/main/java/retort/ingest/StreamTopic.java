package retort.ingest;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import retort.ingest.settings.IngestSettings;
import retort.ingest.settings.StreamSettings;
import retort.kafka.Broker;
import retort.kafka.LiveTopic;
import retort.kafka.TopicChangedException;
import retort.record.IngestPosition;
import retort.record.Stream;

/**
 * The topic of a stream that this process publishes. Sequences that were saved for another topic of the same name mean nothing in it.
 *
 * @param stream name of the stream
 * @param partitions number of partitions that the stream uses
 * @param id id of the topic; empty if the cluster gives no ids
 */
record StreamTopic(String stream, int partitions, Optional<String> id) {
    private static final String OTHER_NAME = "give the stream another name (ingest.stream, ingest.val.stream, ingest.probe.stream)";

    /**
     * Creates or checks the topic. Blocks.
     *
     * @param withoutEnd true if the source has no end, so that the same images do not come again under the same sequence
     * @throws TopicChangedException if positions were saved for another topic
     */
    static StreamTopic open(Broker broker, StreamSettings stream, IngestSettings settings, boolean withoutEnd) {
        final String name = broker.topics().images(stream.name());
        final Optional<LiveTopic> before = broker.find(name);
        for (final IngestPosition at : positions(broker, stream.name()).values()) {
            final Optional<String> saved = Optional.ofNullable(at.getTopicId());
            if (saved.isPresent() && (before.isEmpty() || LiveTopic.differ(saved, before.get().id())))
                throw TopicChangedException.sinceSaved(broker.kafka(), name, saved.get(), before)
                        .withWayOn(wayOn(at, saved.get(), withoutEnd));
            if (before.isEmpty())
                throw TopicChangedException.missing(broker.kafka(), name).withWayOn("Stream " + stream.name()
                        + " was published to it up to sequence " + at.getNextSequence() + ": " + OTHER_NAME);
        }
        broker.ensureImages(stream.name(), settings.partitions(), settings.retentionBytes(stream, withoutEnd),
                settings.maxRecordBytes());
        return new StreamTopic(stream.name(), settings.partitions(), broker.find(name).flatMap(LiveTopic::id));
    }

    private static String wayOn(IngestPosition at, String saved, boolean withoutEnd) {
        return "Stream " + at.getStream() + " was published up to sequence " + at.getNextSequence()
                + ", and those batches are gone. To publish it again from the first batch, set topics.forgotten = [" + saved
                + "] for ingest; " + (withoutEnd
                        ? "the batches will be others, so begin new runs on it"
                        : "the batches will be the same ones, so runs may go on under the same setting")
                + ". Or " + OTHER_NAME;
    }

    /** The saved positions of a stream, by key, without those that were saved for a forgotten topic. Blocks. */
    static Map<String, IngestPosition> positions(Broker broker, String stream) {
        final Map<String, IngestPosition> positions = all(broker, stream);
        positions.values().removeIf(at -> isForgotten(broker, at));
        return positions;
    }

    /** True if the stream was published to a topic that is forgotten. Blocks. */
    static boolean isForgotten(Broker broker, String stream) {
        return !broker.topics().forgotten().isEmpty()
                && all(broker, stream).values().stream().anyMatch(at -> isForgotten(broker, at));
    }

    private static Map<String, IngestPosition> all(Broker broker, String stream) {
        final Map<String, IngestPosition> positions = new TreeMap<>(broker.table(broker.topics().positions()));
        positions.values().removeIf(at -> !at.getStream().equals(stream));
        return positions;
    }

    private static boolean isForgotten(Broker broker, IngestPosition at) {
        return at.getTopicId() != null && broker.topics().forgotten().contains(at.getTopicId());
    }

    /**
     * Compares a place that no id confirms with the last records of the log. Positions and records are committed together, so they differ
     * only if one of the two topics was deleted. Blocks. Call it when older owners are fenced.
     *
     * @throws TopicChangedException if they differ
     */
    void requireSame(Broker broker, Stream description, Place place) {
        if (place.latest().map(IngestPosition::getTopicId).isPresent())
            return;
        final Map<Integer, Long> last = broker.lastSequences(description);
        place.next().forEach((partition, next) -> {
            final long published = Optional.ofNullable(last.get(partition)).map(sequence -> sequence + partitions)
                    .orElse((long) partition);
            if (published != next)
                throw TopicChangedException.unlike(broker.kafka(), broker.topics().images(stream), broker.topics().positions(),
                        "partition " + partition + " goes on at sequence " + published + " by its records and at " + next
                                + " by its position")
                        .withWayOn("To publish the stream again from the first batch, " + OTHER_NAME
                                + (place.latest().isEmpty()
                                        ? ", or delete topic " + broker.topics().images(stream)
                                                + " and begin its runs again under other names"
                                        : ""));
        });
    }
}
