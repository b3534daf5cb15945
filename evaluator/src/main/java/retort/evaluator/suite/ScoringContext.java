package retort.evaluator.suite;

import java.util.Map;
import java.util.TreeMap;
import reactor.core.publisher.Flux;
import retort.trainer.images.ImageBlock;
import retort.evaluator.images.ScoredStream;
import retort.record.Stream;
import retort.settings.SettingException;
import retort.trainer.engine.Engine;

/**
 * The images and the engine that suites score with. Immutable; any thread.
 *
 * @param engine stays the caller's
 * @param streams complete streams by role; all hold images of one shape, normalised alike, because one model sees them all
 * @param batch images in a block
 */
public record ScoringContext(Engine engine, Map<String, ScoredStream> streams, int batch) {
    /** Role of the validation images, which are scored. */
    public static final String VAL = "val";
    /** Role of the labelled training images that k-NN and the linear probe learn from. */
    public static final String PROBE = "probe";

    /** @throws SettingException for streams of different shape or statistics */
    public ScoringContext {
        streams = new TreeMap<>(streams);
        if (streams.isEmpty())
            throw new IllegalArgumentException("no stream is scored");
        final Stream first = streams.values().iterator().next().stream();
        streams.values().forEach(other -> requireAlike(first, other.stream()));
    }

    /** @throws IllegalArgumentException for a role that the suite's description does not name */
    public ScoredStream stream(String role) {
        final ScoredStream stream = streams.get(role);
        if (stream == null)
            throw new IllegalArgumentException("no stream of role " + role + ": the suite's description must name it");
        return stream;
    }

    /** One pass over a stream, with the contract of {@link ScoredStream#blocks}. */
    public Flux<ImageBlock> blocks(String role) {
        return stream(role).blocks(batch);
    }

    /** The shape and the pixel statistics of all streams. */
    public Stream images() {
        return streams.values().iterator().next().stream();
    }

    private static void requireAlike(Stream a, Stream b) {
        if (!looks(a).equals(looks(b)))
            throw new SettingException("evaluator.streams: stream " + a.getName() + " holds " + looks(a) + " and stream "
                    + b.getName() + " holds " + looks(b)
                    + ": one model cannot see both; ingest both with the same recipe settings");
    }

    private static String looks(Stream stream) {
        return "images of " + stream.getHeight() + "x" + stream.getWidth() + "x" + stream.getChannels() + " with mean "
                + stream.getMean() + " and standard deviation " + stream.getStd();
    }
}
