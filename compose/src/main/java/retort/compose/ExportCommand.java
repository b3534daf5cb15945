package retort.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;
import retort.trainer.export.Export;

@Command(name = "export", description = "Writes a checkpoint's encoder as safetensors that timm loads: retort export --help.")
final class ExportCommand implements Callable<Integer> {
    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        return Export.run(arguments, System.out);
    }
}
