package retort.compose;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import retort.compose.settings.SettingsOptions;
import retort.trainer.TrainerService;
import retort.trainer.engine.Card;
import retort.trainer.engine.Engine;
import retort.trainer.learn.Precision;

@Command(name = "info", mixinStandardHelpOptions = true, description = "Starts the engine once and prints what this machine offers; also unpacks libtorch where it is missing.", footerHeading = "%nExamples:%n", footer = {
        "  retort info", "  retort info --set trainer.device=cuda:0"})
final class InfoCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Override
    public Integer call() throws Exception {
        System.out.println("java     " + System.getProperty("java.vendor") + " " + System.getProperty("java.version"));
        System.out.println("machine  " + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " cores, heap "
                + (Runtime.getRuntime().maxMemory() >> 20) + " MiB");
        try (Engine engine = TrainerService.engine(settings.load())) {
            System.out.println("engine   " + "PyTorch " + ai.djl.engine.Engine.getEngine("PyTorch").getVersion() + " on "
                    + engine.device() + ", "
                    + engine.settings().threads() + " threads");
            Card.of(engine.device()).ifPresent(card -> System.out.println("card     " + card));
            System.out.println("auto     precision = auto is " + Precision.fastOn(engine.device()) + " here");
        }
        return 0;
    }
}
