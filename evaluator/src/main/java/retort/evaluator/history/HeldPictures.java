package retort.evaluator.history;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import retort.evaluator.feed.PictureFeed;
import retort.kafka.Keys;
import retort.record.Picture;

/**
 * The pictures of checkpoints: the facts of {@link #MOST_FACTS} of them, and the PNG files of the latest ones, {@link #MOST_BYTES} together.
 * Older files are still on the topic. Confined to one thread.
 */
final class HeldPictures {
    static final int MOST_FACTS = 5000;
    static final long MOST_BYTES = 16 << 20;
    private static final int MOST_ROWS = 16;

    private final SequencedMap<String, Facts> facts = new LinkedHashMap<>();
    private final SequencedMap<String, byte[]> files = new LinkedHashMap<>();
    private long bytes;
    private long arrived;

    /** @param number counts arrivals, from 1 */
    record Facts(long number, String run, long step, String suite, int columns, List<String> rows, int width, int height,
            Instant at) {
        ObjectNode json() {
            final ObjectNode json = RunJson.object().put("run", run).put("step", step).put("suite", suite)
                    .put("columns", columns);
            final ArrayNode names = json.putArray("rows");
            rows.forEach(names::add);
            return json.put("width", width).put("height", height).put("at", at.toString());
        }
    }

    Facts add(Picture picture) {
        final Facts added = new Facts(++arrived, Bounds.name(picture.getRun()), picture.getStep(),
                Bounds.name(picture.getSuite()), picture.getSampleIds().size(),
                picture.getRows().stream().limit(MOST_ROWS).map(Bounds::name).toList(), picture.getWidth(), picture.getHeight(),
                picture.getAt());
        final String key = Keys.picture(added.run(), added.step(), added.suite());
        remove(key);
        facts.put(key, added);
        final byte[] png = PictureFeed.png(picture);
        files.put(key, png);
        bytes += png.length;
        while (bytes > MOST_BYTES)
            bytes -= files.pollFirstEntry().getValue().length;
        if (facts.size() > MOST_FACTS)
            remove(facts.firstEntry().getKey());
        return added;
    }

    /** @return true if there was a picture of this key */
    boolean remove(String key) {
        final byte[] png = files.remove(key);
        bytes -= png == null ? 0 : png.length;
        return facts.remove(key) != null;
    }

    /** In the order of arrival. */
    Stream<Facts> all() {
        return facts.values().stream();
    }

    boolean has(String key) {
        return facts.containsKey(key);
    }

    Optional<byte[]> file(String key) {
        return Optional.ofNullable(files.get(key));
    }

    void forget() {
        facts.clear();
        files.clear();
        bytes = 0;
    }
}
