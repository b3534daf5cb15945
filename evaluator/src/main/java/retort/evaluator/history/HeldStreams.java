package retort.evaluator.history;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import retort.record.IngestPosition;
import retort.record.Stream;
import retort.settings.Secrets;

/** The streams, and where ingest stands in each. The streams that were published first make room. Confined to one thread. */
final class HeldStreams {
    static final int MOST_STREAMS = 100;
    private static final int MOST_PARTITIONS = 256;

    private final SequencedMap<String, Facts> streams = new LinkedHashMap<>();
    private final Map<String, Map<Integer, Reached>> positions = new LinkedHashMap<>();

    /**
     * @param samplesPerEpoch -1 for a stream without an end
     * @param lastSequence -1 until the stream is complete
     */
    private record Facts(String source, String recipe, int channels, int height, int width, int classes, long samplesPerEpoch,
            int imagesPerRecord, long lastSequence) {
    }

    private record Reached(long nextSequence, long epoch, Instant at) {
    }

    void stream(Stream stream) {
        final Long samples = stream.getSamplesPerEpoch();
        final Long last = stream.getLastSequence();
        streams.put(Bounds.name(stream.getName()),
                new Facts(Bounds.words(Secrets.withoutPasswords(stream.getSource())), Bounds.name(stream.getRecipe()),
                        stream.getChannels(), stream.getHeight(), stream.getWidth(), stream.getClassNames().size(),
                        samples == null ? -1 : samples, stream.getImagesPerRecord(), last == null ? -1 : last));
        if (streams.size() > MOST_STREAMS)
            positions.remove(streams.pollFirstEntry().getKey());
    }

    void position(IngestPosition position) {
        final String name = Bounds.name(position.getStream());
        if (!positions.containsKey(name) && positions.size() >= MOST_STREAMS)
            return;
        final Map<Integer, Reached> partitions = positions.computeIfAbsent(name, stream -> new TreeMap<>());
        if (partitions.containsKey(position.getPartition()) || partitions.size() < MOST_PARTITIONS)
            partitions.put(position.getPartition(),
                    new Reached(position.getNextSequence(), position.getEpoch(), position.getAt()));
    }

    void forgetStreams() {
        streams.clear();
    }

    void forgetPositions() {
        positions.clear();
    }

    ArrayNode json(ArrayNode to) {
        streams.forEach((name, facts) -> {
            final ObjectNode json = to.addObject().put("stream", name).put("source", facts.source())
                    .put("recipe", facts.recipe()).put("channels", facts.channels()).put("height", facts.height())
                    .put("width", facts.width()).put("classes", facts.classes());
            json.put("samplesPerEpoch", facts.samplesPerEpoch() < 0 ? null : facts.samplesPerEpoch());
            json.put("imagesPerRecord", facts.imagesPerRecord());
            json.put("complete", facts.lastSequence() >= 0);
            final Map<Integer, Reached> reached = positions.getOrDefault(name, Map.of());
            // A position names the next sequence of its own partition, so the lowest one is the next of the stream.
            json.put("nextSequence", facts.lastSequence() >= 0
                    ? facts.lastSequence() + 1
                    : reached.values().stream().mapToLong(Reached::nextSequence).min().orElse(0));
            json.put("epoch", reached.values().stream().mapToLong(Reached::epoch).max().orElse(0));
            json.put("at", reached.values().stream().map(Reached::at).max(Instant::compareTo).map(Instant::toString)
                    .orElse(null));
        });
        return to;
    }
}
