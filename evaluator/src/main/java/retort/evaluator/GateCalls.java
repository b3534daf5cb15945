package retort.evaluator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import retort.evaluator.feed.EvaluationJson;
import retort.evaluator.webhook.Call;
import retort.kafka.Event;
import retort.record.Evaluation;

/**
 * The webhook's calls about what the gates decide. It decides from the topic again, with its own memory of the best figures, because a
 * restart has to repeat calls that were not taken. Called serially.
 */
final class GateCalls {
    private final Promotions promotions;
    private final String topic;

    /** @param topic begins the ids of the calls */
    GateCalls(Promotions promotions, String topic) {
        this.promotions = promotions;
        this.topic = topic;
    }

    /** The calls about the next evaluation of the topic. */
    List<Call> about(Event<Evaluation> event) {
        final Evaluation evaluation = event.value();
        if (evaluation == null)
            return List.of();
        final List<Call> calls = new ArrayList<>();
        for (final Verdict verdict : promotions.verdicts(evaluation)) {
            if (verdict.promotes())
                calls.add(call("promotion", verdict, event, evaluation));
            if (verdict.regresses())
                calls.add(call("regression", verdict, event, evaluation));
        }
        promotions.remember(evaluation);
        return calls;
    }

    /** Forgets the run of a deleted evaluation. */
    void forget(String key) {
        promotions.forget(key.substring(0, Math.max(0, key.indexOf('/'))));
    }

    private Call call(String name, Verdict verdict, Event<Evaluation> event, Evaluation evaluation) {
        final String id = topic + "-" + event.partition() + "@" + event.offset() + "/" + name + "/" + verdict.gate().metric();
        final ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", id).put("event", name)
                .put("run", evaluation.getRun()).put("step", evaluation.getStep()).put("metric", verdict.gate().metric())
                .put("value", verdict.value());
        if (verdict.best().isPresent())
            json.put("best", verdict.best().getAsDouble());
        else
            json.putNull("best");
        json.put("better", verdict.gate().figure().better().name().toLowerCase(Locale.ROOT));
        json.set("evaluation", EvaluationJson.node(evaluation));
        return new Call(id, name, json.toString().getBytes(StandardCharsets.UTF_8));
    }
}
