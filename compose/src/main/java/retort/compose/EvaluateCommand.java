package retort.compose;

import com.typesafe.config.Config;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import retort.compose.console.Foreground;
import retort.compose.console.MetricsAddress;
import retort.compose.console.PageAddress;
import retort.compose.console.Terminal;
import retort.compose.settings.SettingsOptions;
import retort.evaluator.EvaluatorService;
import retort.trainer.TrainerService;
import retort.trainer.engine.Engine;

@Command(name = "evaluate", mixinStandardHelpOptions = true, description = "Scores every announced checkpoint, each once.", footerHeading = "%nExamples:%n", footer = {
        "  retort evaluate --set kafka.bootstrap.servers=HOST:PORT",
        "  retort evaluate --set page.enabled=true", "  retort evaluate --config evaluator.conf --set trainer.device=cpu"})
final class EvaluateCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Override
    public Integer call() throws Exception {
        final Config config = settings.load();
        final Foreground foreground = new Foreground();
        try (Terminal terminal = new Terminal();
                MetricsAddress _ = MetricsAddress.serve(config);
                PageAddress _ = PageAddress.serve(config);
                Engine engine = TrainerService.engine(config);
                EvaluatorService service = EvaluatorService.start(config, engine, terminal.line("evaluator"))) {
            foreground.until(service.done());
            foreground.await();
        }
        return 0;
    }
}
