package retort.compose;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import retort.compose.settings.SettingsOptions;
import retort.settings.SettingsPage;

@Command(name = "settings", mixinStandardHelpOptions = true, description = {
        "Prints every setting with its comment and the value that this command line gives it.",
        "Secrets are masked; references to them (${NAME}, file:PATH) are kept, so that the page can be used with --config."}, footerHeading = "%nExamples:%n", footer = {
                "  retort settings", "  retort settings --config own.conf --set trainer.batch=64 > whole.conf"})
final class SettingsCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Override
    public Integer call() {
        System.out.print(SettingsPage.of(settings.given()));
        return 0;
    }
}
