package retort.evaluator.linear;

import java.util.stream.IntStream;
import retort.trainer.engine.Engine;

/** The head of the linear suite, which the golden sets hold, trained on features that a check computed otherwise. */
public final class ProbeCheck {
    private ProbeCheck() {
    }

    /** The mean cross-entropy of {@code asked} after steps on all {@code rows}, whose rate falls by half a cosine. */
    public static double loss(Engine engine, float[] rows, int[] labels, float[] asked, int[] answers, int steps, double rate) {
        final int classes = IntStream.of(labels).max().orElseThrow() + 1;
        final LinearProbe probe = LinearProbe.draw(engine, rows.length / labels.length, classes, Lars.withWeightDecay(0), 0);
        for (int step = 0; step < steps; step++) {
            final double now = rate / 2 * (1 + Math.cos(Math.PI * step / steps));
            engine.call(() -> probe.step(rows, labels, now));
        }
        final float[] logits = engine.call(() -> probe.logits(asked, answers.length));
        return IntStream.range(0, answers.length).mapToDouble(i -> Math.log(IntStream.range(0, classes)
                .mapToDouble(c -> Math.exp(logits[i * classes + c])).sum()) - logits[i * classes + answers[i]]).average()
                .orElseThrow();
    }
}
