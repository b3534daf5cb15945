package org.example;

import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;
import retort.evaluator.suite.Figure;
import retort.evaluator.suite.FrozenModel;
import retort.evaluator.suite.Score;
import retort.evaluator.suite.ScoringContext;
import retort.evaluator.suite.Suite;
import retort.evaluator.suite.SuiteDescription;
import retort.evaluator.suite.SuiteFactory;
import retort.settings.Section;

/** A suite from outside the module. Its score is the share of pixels at or below a threshold, in a stream of a role of its own. */
public final class BrightnessSuite implements SuiteFactory {
    @Override
    public SuiteDescription description() {
        return new SuiteDescription("brightness", Figure.lowerIsBetter("dark", "dark pixels"), List.of("hard"), false,
                Set.of("note"));
    }

    @Override
    public Suite open(Section settings) {
        final int threshold = settings.integer("threshold", 0, 255);
        return (model, context) -> dark(model, context, threshold);
    }

    private static Mono<Score> dark(FrozenModel model, ScoringContext context, int threshold) {
        return context.blocks("hard").map(block -> {
            int dark = 0;
            for (int i = 0; i < block.pixels().remaining(); i++)
                if ((block.pixels().get(i) & 0xFF) <= threshold)
                    dark++;
            return new int[]{dark, block.count()};
        }).reduce((a, b) -> new int[]{a[0] + b[0], a[1] + b[1]}).map(sum -> new Score(
                Map.of("dark", sum[0] / (double) sum[1] / (model.shape().image() * model.shape().image())), sum[1]));
    }
}
