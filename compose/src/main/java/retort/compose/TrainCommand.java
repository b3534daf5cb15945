package retort.compose;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import retort.compose.console.Foreground;
import retort.compose.console.MetricsAddress;
import retort.compose.console.Terminal;
import retort.compose.settings.SettingsOptions;
import retort.trainer.TrainerService;
import retort.trainer.engine.Engine;

@Command(name = "train", mixinStandardHelpOptions = true, description = "Trains the runs of trainer.runs in order, resuming where each left off; ends when all are done.", footerHeading = "%nExamples:%n", footer = {
        "  retort train --set kafka.bootstrap.servers=HOST:PORT --set 'trainer.runs=[{name=teacher, objective=pretrain}]'",
        "  retort train --config runs.conf",
        "  retort train --config runs.conf --forget student"})
final class TrainCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Option(names = "--forget", paramLabel = "RUN", description = "Deletes what the broker knows of a run of trainer.runs (checkpoints, evaluations, promotions, progress) and begins it anew; repeatable. Refused while its checkpoints are there.")
    private List<String> forgotten = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        final Config config = settings.load();
        TrainerService.forget(config, forgotten).forEach(System.out::println);
        final Foreground foreground = new Foreground();
        try (Terminal terminal = new Terminal();
                MetricsAddress _ = MetricsAddress.serve(config);
                Engine engine = TrainerService.engine(config);
                TrainerService service = TrainerService.start(config, engine, terminal.line("trainer"))) {
            foreground.until(service.done());
            foreground.await();
        }
        return 0;
    }
}
