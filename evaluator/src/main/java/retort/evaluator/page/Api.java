package retort.evaluator.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import retort.evaluator.feed.PictureFeed;
import retort.evaluator.history.History;
import retort.evaluator.suite.Figure;
import retort.evaluator.suite.Suites;
import retort.kafka.Broker;
import retort.kafka.Keys;
import retort.settings.Secrets;
import retort.thread.Worker;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;

/** The answers of {@code /api}, which openapi.json describes. The history is asked on its worker; the disk on an elastic thread. */
final class Api {
    private static final int MOST_RUNS = 100;
    private static final int MOST_POINTS = 1000;
    private static final int MOST_EVALUATIONS = 500;
    private static final int MOST_PICTURES = 500;
    private static final String LIMIT = "limit";
    private static final String AFTER = "after";
    private static final String RUN = "run";
    private static final String SINCE = "since";
    private static final String SUITE = "suite";
    private static final String STEP = "step";

    private final History history;
    private final Worker worker;
    private final CheckpointStore store;
    private final PictureFeed pictures;

    Api(History history, Worker worker, Path checkpoints, Broker broker) {
        this.pictures = new PictureFeed(broker);
        this.history = history;
        this.worker = worker;
        this.store = new CheckpointStore(checkpoints);
    }

    /** The answer to a path below {@code /api}; empty for a path that there is not. Fails with {@link Query.BadParameterException}. */
    Mono<Answer> answer(String path, Query query) {
        return switch (path) {
            case "/api/runs" -> onWorker(() -> runs(query.only(Set.of(LIMIT, AFTER))));
            case "/api/progress" -> onWorker(() -> progress(query.only(Set.of(RUN, SINCE, LIMIT))));
            case "/api/evaluations" -> onWorker(() -> evaluations(query.only(Set.of(RUN, SUITE, SINCE, AFTER, LIMIT))));
            case "/api/status" -> onWorker(() -> {
                query.only(Set.of());
                return Answer.json(history.status());
            });
            case "/api/pictures" -> onWorker(() -> pictures(query.only(Set.of(RUN, AFTER, LIMIT))));
            case "/api/picture" -> picture(query.only(Set.of(RUN, STEP, SUITE, "at")));
            case "/api/suites" -> Mono.fromCallable(() -> {
                query.only(Set.of());
                return Answer.json(suites());
            });
            case "/api/settings" -> settings(query);
            default -> Mono.empty();
        };
    }

    private interface Question {
        Answer answer();
    }

    private Mono<Answer> onWorker(Question question) {
        return Mono.fromCallable(question::answer).subscribeOn(worker.scheduler());
    }

    private Answer runs(Query query) {
        return Answer.json(history.runs((int) query.number(LIMIT, 1, MOST_RUNS, MOST_RUNS), query.text(AFTER)));
    }

    private Answer progress(Query query) {
        final String run = query.required(RUN);
        return history
                .progress(run, query.number(SINCE, 0, Long.MAX_VALUE, 0), (int) query.number(LIMIT, 1, MOST_POINTS, MOST_POINTS))
                .map(Answer::json).orElseGet(() -> unknown(run));
    }

    private Answer evaluations(Query query) {
        return Answer.json(history.evaluations(query.text(RUN), query.text(SUITE), query.number(SINCE, 0, Long.MAX_VALUE, 0),
                query.number(AFTER, 0, Long.MAX_VALUE, 0), (int) query.number(LIMIT, 1, MOST_EVALUATIONS, MOST_EVALUATIONS)));
    }

    private Answer pictures(Query query) {
        return Answer.json(history.pictures(query.text(RUN), query.number(AFTER, 0, Long.MAX_VALUE, 0),
                (int) query.number(LIMIT, 1, MOST_PICTURES, MOST_PICTURES)));
    }

    /** A picture that is held, or else the one on the topic, which takes a reading of the topic. */
    private Mono<Answer> picture(Query query) {
        final String run = query.required(RUN);
        final String suite = query.required(SUITE);
        final long step = query.number(STEP, 0, Long.MAX_VALUE, 0);
        final String key = Keys.picture(run, step, suite);
        return Mono.fromCallable(() -> history.png(key)).subscribeOn(worker.scheduler())
                .flatMap(held -> held.isPresent() || !history.hasPicture(key)
                        ? Mono.just(held)
                        : Mono.fromCallable(() -> pictures.find(run, step, suite).map(PictureFeed::png))
                                .subscribeOn(Schedulers.boundedElastic()))
                .map(png -> png.map(Api::image).orElseGet(() -> Answer.error(404, "no such picture")));
    }

    /** The part {@code at} of an address tells pictures of one key apart, so a browser may keep what it has got. */
    private static Answer image(byte[] png) {
        return new Answer(200, "image/png", png, Map.of("Cache-Control", "private, max-age=86400"));
    }

    private static ObjectNode suites() {
        final ObjectNode json = JsonNodeFactory.instance.objectNode();
        final ArrayNode suites = json.putArray("suites");
        Suites.registered().forEach((name, factory) -> {
            final Figure figure = factory.description().figure();
            suites.addObject().put("suite", name).put("metric", figure.metric()).put("title", figure.title())
                    .put("better", figure.better().name().toLowerCase(Locale.ROOT));
        });
        return json;
    }

    private static Answer unknown(String run) {
        return Answer.error(404, "no run of this name: " + (run.length() > MOST_RUNS ? run.substring(0, MOST_RUNS) : run));
    }

    /** The settings of a run that its last checkpoint on disk holds, or else the facts that its announcement carries. */
    private Mono<Answer> settings(Query query) {
        return Mono.fromCallable(() -> query.only(Set.of(RUN)).required(RUN))
                .flatMap(run -> Mono.fromCallable(() -> known(run)).subscribeOn(worker.scheduler())
                        .flatMap(facts -> facts.isEmpty()
                                ? Mono.just(unknown(run))
                                : Mono.fromCallable(() -> Answer.json(settings(facts.get(), last(run))))
                                        .subscribeOn(Schedulers.boundedElastic())));
    }

    /** The answer without the settings of a checkpoint. Empty if there is no such run. */
    private Optional<ObjectNode> known(String run) {
        return history.hasRun(run) ? Optional.of(history.facts(run)) : Optional.empty();
    }

    private Optional<Checkpoint> last(String run) {
        try {
            final List<Checkpoint> saved = store.list(run);
            return saved.isEmpty() ? Optional.empty() : Optional.of(saved.getLast());
        } catch (IllegalArgumentException | java.io.UncheckedIOException e) {
            return Optional.empty(); // a name that names no folder, or a folder that this process does not see
        }
    }

    private static ObjectNode settings(ObjectNode facts, Optional<Checkpoint> saved) {
        saved.ifPresent(checkpoint -> {
            facts.put("from", "checkpoint").put("step", checkpoint.state().step());
            final ObjectNode settings = facts.putObject("settings");
            final Map<String, String> identity = checkpoint.state().identity().settings();
            identity.forEach((key, value) -> settings.put(key, Secrets.withoutPasswords(value)));
        });
        return facts;
    }
}
