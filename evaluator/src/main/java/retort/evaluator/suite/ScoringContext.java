package retort.evaluator.suite;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import retort.evaluator.images.ScoredStream;
import retort.place.Places;
import retort.record.Stream;
import retort.settings.SettingException;
import retort.trainer.engine.Engine;
import retort.trainer.images.ImageBlock;

/** The images and the engine that suites score with. Any thread may use it. */
public final class ScoringContext {
    /** Role of the validation images, which are scored. */
    public static final String VAL = "val";
    /** Role of the labelled training images that the validation images are compared with. */
    public static final String PROBE = "probe";
    private static final Logger LOG = LoggerFactory.getLogger(ScoringContext.class);

    private final Engine engine;
    private final Places places;
    private final Map<String, ScoredStream> streams;
    private final int batch;
    private final Function<String, Optional<Stream>> descriptions;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    /**
     * Checks that one model can process the images of all streams.
     *
     * @param engine belongs to the caller
     * @param places finds checkpoints in buckets; belongs to the caller
     * @param streams complete streams by role
     * @param batch number of images in a block
     * @param descriptions returns the description of any stream by its name; may block
     * @throws SettingException if the streams differ in shape or pixel statistics
     */
    public ScoringContext(Engine engine, Places places, Map<String, ScoredStream> streams, int batch,
            Function<String, Optional<Stream>> descriptions) {
        this.engine = engine;
        this.places = places;
        this.streams = new TreeMap<>(streams);
        this.batch = batch;
        this.descriptions = descriptions;
        if (streams.isEmpty())
            throw new IllegalArgumentException("no stream is scored");
        this.streams.values().forEach(other -> requireAlike(images(), other.stream()));
    }

    /** This context with a fixed part of the images of one role, drawn by {@code seed}. */
    ScoringContext subset(String role, int images, long seed) {
        final Map<String, ScoredStream> some = new TreeMap<>(streams);
        some.put(role, stream(role).subset(images, seed));
        return new ScoringContext(engine, places, some, batch, descriptions);
    }

    public Engine engine() {
        return engine;
    }

    /** The places in which checkpoints lie. */
    public Places places() {
        return places;
    }

    /** @throws IllegalArgumentException if the suite's description does not name {@code role} */
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

    /** Never completes. Fails when the topic of a stream is deleted, as {@link ScoredStream#unchanged} does. */
    public Mono<Void> unchanged() {
        return Mono.when(streams.values().stream().map(ScoredStream::unchanged).toList());
    }

    /** A description that has the shape and the pixel statistics of all streams. */
    public Stream images() {
        return streams.values().iterator().next().stream();
    }

    /**
     * The description of any stream, such as the stream that a model was trained on.
     *
     * @throws CheckpointRefusedException (as the Mono's error) if there is none
     */
    public Mono<Stream> description(String name) {
        return Mono.fromCallable(() -> descriptions.apply(name)
                .orElseThrow(() -> new CheckpointRefusedException("the names of its classes are not known, because stream " + name
                        + ", which it was trained on, is not described on the topic of streams")))
                .subscribeOn(Schedulers.boundedElastic());
    }

    /** Logs a sentence. The same sentence is logged only once. */
    void say(String sentence) {
        if (said.add(sentence))
            LOG.info("{}", sentence);
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
