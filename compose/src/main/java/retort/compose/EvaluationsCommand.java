package retort.compose;

import com.typesafe.config.Config;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import retort.compose.console.Foreground;
import retort.compose.settings.SettingsOptions;
import retort.evaluator.feed.EvaluationFeed;
import retort.evaluator.feed.EvaluationJson;
import retort.kafka.Broker;
import retort.kafka.From;
import retort.record.Evaluation;

@Command(name = "evaluations", mixinStandardHelpOptions = true, description = "Prints evaluations as JSON lines, oldest first.")
final class EvaluationsCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Option(names = "--follow", description = "Waits for more; without it the command ends with the last one there is.")
    private boolean follow;

    @Override
    public Integer call() throws Exception {
        final EvaluationFeed feed = feed(settings.load());
        if (!follow) {
            feed.present().stream().sorted(Comparator.comparing(Evaluation::getAt)).map(EvaluationJson::line)
                    .forEach(System.out::println);
            return 0;
        }
        final Foreground foreground = new Foreground();
        foreground.until(feed.subscribe(From.EARLIEST).doOnNext(event -> {
            final Evaluation evaluation = event.value();
            if (evaluation != null)
                System.out.println(EvaluationJson.line(evaluation));
        }).then());
        foreground.await();
        return 0;
    }

    private static EvaluationFeed feed(Config config) {
        return new EvaluationFeed(Broker.from(config));
    }
}
