package retort.evaluator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import retort.evaluator.feed.Yardstick;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.Promotion;

/**
 * Decides which checkpoint of a run is its best so far, by the figures of the gates. Only figures with equal settings hashes are compared.
 * Any thread may call it.
 */
final class Promotions {
    private final Map<String, List<Gate>> gates;
    private final Map<Contest, Double> best = new ConcurrentHashMap<>();

    /** Identifies the figures that may be compared. */
    private record Contest(String run, String metric, String settingsHash) {
        static Contest of(Evaluation evaluation, Gate gate) {
            return new Contest(evaluation.getRun(), gate.metric(), evaluation.getSettingsHash());
        }
    }

    /** @param gates gates by name of the suite; evaluations of other suites promote nothing */
    Promotions(Map<String, List<Gate>> gates) {
        this.gates = Map.copyOf(gates);
    }

    /** Forgets every figure. */
    void clear() {
        best.clear();
    }

    /** Forgets the figures of a run. */
    void forget(String run) {
        best.keySet().removeIf(contest -> contest.run().equals(run));
    }

    /** Takes a published evaluation into account. */
    void remember(Evaluation evaluation) {
        for (final Gate gate : gates.getOrDefault(evaluation.getSuite(), List.of())) {
            final Double value = value(evaluation, gate);
            if (value != null)
                best.merge(Contest.of(evaluation, gate), value, (old, now) -> gate.figure().improves(now, old) ? now : old);
        }
    }

    /** Holds an evaluation against each gate of its suite. Changes nothing. */
    List<Verdict> verdicts(Evaluation evaluation) {
        final List<Verdict> verdicts = new ArrayList<>();
        for (final Gate gate : gates.getOrDefault(evaluation.getSuite(), List.of())) {
            final Double value = value(evaluation, gate);
            if (value == null)
                continue;
            final Double present = best.get(Contest.of(evaluation, gate));
            final OptionalDouble before = present == null ? OptionalDouble.empty() : OptionalDouble.of(present);
            verdicts.add(new Verdict(gate, value, before, gate.promotes(value, before), gate.regresses(value, before)));
        }
        return verdicts;
    }

    /** The promotions of {@code checkpoint} by this evaluation. Changes nothing. */
    List<Promotion> by(Evaluation evaluation, CheckpointReady checkpoint) {
        return verdicts(evaluation).stream().filter(Verdict::promotes)
                .map(verdict -> Promotion.newBuilder().setRun(evaluation.getRun()).setMetric(verdict.gate().metric())
                        .setStep(evaluation.getStep()).setValue(verdict.value()).setUri(checkpoint.getUri())
                        .setSha256(checkpoint.getSha256()).setAt(Instant.now()).build())
                .toList();
    }

    /** @return the value of the gate's figure, or null if there is none that can be compared */
    private static @Nullable Double value(Evaluation evaluation, Gate gate) {
        final Double value = Yardstick.is(evaluation) ? null : evaluation.getMetrics().get(gate.figure().metric());
        return value == null || value.isNaN() ? null : value;
    }
}
