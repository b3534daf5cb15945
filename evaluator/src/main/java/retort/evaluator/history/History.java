package retort.evaluator.history;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import retort.kafka.Event;
import retort.kafka.Keys;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.IngestPosition;
import retort.record.Picture;
import retort.record.Promotion;
import retort.record.Rejected;
import retort.record.Stream;
import retort.record.TrainingProgress;

/**
 * The history of all runs, as the topics tell it, in bounded memory, and the answers of the API. Every answer has {@code at}, the id of the latest event
 * that it contains, so that a subscriber can go on from there. Confined to one thread. compose/docs/page.md names the bounds.
 */
public final class History {
    /** Runs that are held. The one that was silent for the longest time makes room. */
    static final int MOST_RUNS = 100;
    private static final int MOST_UNSCORED = 20;
    private static final Pattern CHECKPOINT_KEY = Pattern.compile("(.+)/(\\d{1,18})");

    private final EventLog events;
    private final SequencedMap<String, RunHistory> runs = new LinkedHashMap<>(16, 0.75f, true);
    private final HeldEvaluations evaluations = new HeldEvaluations();
    private final HeldPictures pictures = new HeldPictures();
    private final HeldStreams streams = new HeldStreams();
    private final HeldRejections rejections = new HeldRejections();
    private final SortedMap<String, String> unreadable = new TreeMap<>();
    private boolean statusChanged;

    /** @param process begins the ids of events; letters and digits that no other process uses */
    public History(String process) {
        this.events = new EventLog(process);
    }

    public EventLog events() {
        return events;
    }

    void progress(Event<TrainingProgress> event) {
        final TrainingProgress progress = event.value();
        if (progress == null)
            return;
        run(progress.getRun()).progress(progress);
        events.add("progress", RunJson.progress(progress).toString());
    }

    void checkpoint(Event<CheckpointReady> event) {
        final CheckpointReady saved = event.value();
        if (saved != null) {
            run(saved.getRun()).checkpoint(saved);
            events.add("checkpoint", RunJson.object().put("run", Bounds.name(saved.getRun())).put("step", saved.getStep())
                    .put("at", saved.getAt().toString()).put("deleted", false).set("model", RunJson.model(saved)).toString());
        } else {
            final Matcher key = CHECKPOINT_KEY.matcher(event.key());
            if (!key.matches())
                return;
            final long step = Long.parseLong(key.group(2));
            run(key.group(1)).deleted(step);
            events.add("checkpoint", RunJson.object().put("run", Bounds.name(key.group(1))).put("step", step)
                    .put("at", event.at().toString()).put("deleted", true).putNull("model").toString());
        }
        statusChanged = true;
    }

    void evaluation(Event<Evaluation> event) {
        final Evaluation evaluation = event.value();
        if (evaluation != null)
            evaluations.add(event.key(), evaluation).ifPresent(json -> events.add("evaluation", json));
        else if (evaluations.remove(event.key()) != null)
            events.add("reset", "{}"); // a run was forgotten, which is rare
        statusChanged = true;
    }

    void picture(Event<Picture> event) {
        final Picture picture = event.value();
        if (picture != null)
            events.add("picture", pictures.add(picture).json().toString());
        else if (pictures.remove(event.key()))
            events.add("reset", "{}");
    }

    void promotion(Event<Promotion> event) {
        final Promotion best = event.value();
        if (best == null)
            return;
        run(best.getRun()).promotion(best);
        events.add("promotion", RunJson.promotion(best).toString());
    }

    void stream(Event<Stream> event) {
        final Stream stream = event.value();
        if (stream != null)
            streams.stream(stream);
        statusChanged = true;
    }

    void position(Event<IngestPosition> event) {
        final IngestPosition position = event.value();
        if (position != null)
            streams.position(position);
        statusChanged = true;
    }

    void rejected(Event<Rejected> event) {
        final Rejected rejected = event.value();
        if (rejected != null)
            rejections.add(rejected);
        statusChanged = true;
    }

    /** Forgets what a topic has said, because it cannot be read any more or is read again from its beginning. */
    void forget(Held held) {
        switch (held) {
            case PROGRESS -> runs.values().forEach(RunHistory::forgetProgress);
            case CHECKPOINTS -> runs.values().forEach(RunHistory::forgetCheckpoints);
            case PROMOTIONS -> runs.values().forEach(RunHistory::forgetPromotions);
            case EVALUATIONS -> evaluations.forget();
            case PICTURES -> pictures.forget();
            case STREAMS -> streams.forgetStreams();
            case POSITIONS -> streams.forgetPositions();
            case REJECTED -> rejections.forget();
        }
        events.add("reset", "{}");
        statusChanged = true;
    }

    /** The parts of a history, one a topic. */
    enum Held {
        PROGRESS, CHECKPOINTS, PROMOTIONS, EVALUATIONS, PICTURES, STREAMS, POSITIONS, REJECTED
    }

    /** @param why a sentence; null if the topic can be read again */
    void readable(String topic, @Nullable String why) {
        final @Nullable String before = why == null ? unreadable.remove(topic) : unreadable.put(topic, Bounds.words(why));
        statusChanged |= !Objects.equals(before, why);
    }

    /** Adds an event with the present status if it has changed since the last call. Called once a second, because positions change often. */
    void tellStatus() {
        if (statusChanged)
            events.add("status", status().without("at").toString());
        statusChanged = false;
    }

    private RunHistory run(String name) {
        final RunHistory run = runs.computeIfAbsent(Bounds.name(name), each -> new RunHistory());
        if (runs.size() > MOST_RUNS)
            runs.pollFirstEntry();
        return run;
    }

    /**
     * {@code GET /api/runs}: the runs by name.
     *
     * @param most number of runs
     * @param after the name of the last run of the part before, as its {@code next} has said
     */
    public ObjectNode runs(int most, Optional<String> after) {
        final ObjectNode json = answer();
        final ArrayNode list = json.putArray("runs");
        final SortedMap<String, RunHistory> behind = new TreeMap<>();
        runs.forEach((name, run) -> {
            if (after.map(last -> name.compareTo(last) > 0).orElse(true))
                behind.put(name, run);
        });
        String last = null;
        for (final Map.Entry<String, RunHistory> run : behind.entrySet()) {
            if (list.size() == most)
                return json.put("next", last);
            list.add(RunJson.run(run.getKey(), run.getValue()));
            last = run.getKey();
        }
        return json.putNull("next");
    }

    /**
     * {@code GET /api/progress}: the points of a run from {@code step} on. Empty if there is no such run.
     *
     * @param most number of points
     */
    public Optional<ObjectNode> progress(String name, long step, int most) {
        final RunHistory run = runs.get(name);
        if (run == null)
            return Optional.empty();
        final ObjectNode json = answer().put("run", name).put("width", run.series().width());
        final List<ProgressPoint> points = run.series().from(step, most + 1);
        final ArrayNode list = json.putArray("points");
        points.stream().limit(most).forEach(point -> list.add(RunJson.point(point)));
        return Optional.of(json.put("next", points.size() > most ? Long.valueOf(points.get(most).step()) : null));
    }

    /** {@code GET /api/evaluations}: in the order of arrival. */
    public ObjectNode evaluations(Optional<String> run, Optional<String> suite, long since, long after, int most) {
        final Predicate<HeldEvaluations.Held> wanted = held -> held.number() > after && held.step() >= since
                && run.map(held.run()::equals).orElse(true) && suite.map(held.suite()::equals).orElse(true);
        final List<HeldEvaluations.Held> found = evaluations.all().filter(wanted).limit(most + 1L).toList();
        final ObjectNode json = answer();
        final ArrayNode list = json.putArray("evaluations");
        found.stream().limit(most).forEach(held -> list.addRawValue(new RawValue(held.json())));
        return json.put("next", found.size() > most ? Long.toString(found.get(most - 1).number()) : null);
    }

    /** {@code GET /api/pictures}: in the order of arrival. */
    public ObjectNode pictures(Optional<String> run, long after, int most) {
        final List<HeldPictures.Facts> found = pictures.all()
                .filter(facts -> facts.number() > after && run.map(facts.run()::equals).orElse(true)).limit(most + 1L).toList();
        final ObjectNode json = answer();
        final ArrayNode list = json.putArray("pictures");
        found.stream().limit(most).forEach(facts -> list.add(facts.json()));
        return json.put("next", found.size() > most ? Long.toString(found.get(most - 1).number()) : null);
    }

    /** @return true if there is a picture of this key, run/step/suite, on the topic */
    public boolean hasPicture(String key) {
        return pictures.has(key);
    }

    /** The PNG file of a picture. Empty if it is not held any more. */
    public Optional<byte[]> png(String key) {
        return pictures.file(key);
    }

    /** {@code GET /api/status}: streams, the evaluator's queue, what was rejected, and topics that cannot be read. */
    public ObjectNode status() {
        final ObjectNode json = answer();
        streams.json(json.putArray("streams"));
        final List<ObjectNode> unscored = new ArrayList<>();
        final Set<String> scored = evaluations.scored();
        int checkpoints = 0;
        for (final Map.Entry<String, RunHistory> run : runs.entrySet())
            for (final long step : run.getValue().checkpoints().keySet()) {
                checkpoints++;
                if (!scored.contains(Keys.checkpoint(run.getKey(), step)))
                    unscored.add(RunJson.object().put("run", run.getKey()).put("step", step));
            }
        final ObjectNode queue = json.putObject("evaluator").put("checkpoints", checkpoints).put("waiting", unscored.size());
        final ArrayNode next = queue.putArray("next");
        unscored.stream().limit(MOST_UNSCORED).forEach(next::add);
        rejections.json(json.putObject("rejected"));
        final ArrayNode topics = json.putArray("unreadable");
        unreadable.forEach((topic, why) -> topics.addObject().put("topic", topic).put("why", why));
        return json;
    }

    /** @return true if there is a run of this name */
    public boolean hasRun(String name) {
        return runs.containsKey(name);
    }

    /** {@code GET /api/settings}, with the facts of a run that the topics carry: those of its newest checkpoint, one a key. */
    public ObjectNode facts(String name) {
        final ObjectNode json = answer().put("run", name).put("from", "topics").putNull("step");
        final ObjectNode settings = json.putObject("settings");
        final RunHistory run = runs.get(name);
        if (run != null && run.facts() != null)
            RunJson.model(run.facts()).properties().forEach(each -> {
                if (each.getValue().isObject())
                    each.getValue().properties()
                            .forEach(part -> settings.put(each.getKey() + "." + part.getKey(), part.getValue().asText()));
                else
                    settings.put(each.getKey(), each.getValue().asText());
            });
        return json;
    }

    private ObjectNode answer() {
        return RunJson.object().put("at", events.id(events.last()));
    }
}
