package retort.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import retort.trainer.export.Export;

@Command(name = "export", mixinStandardHelpOptions = true, description = "Writes a trained encoder as safetensors that timm loads: without decoder and projection heads, under timm's names.", footerHeading = "%nExamples:%n", footer = {
        "  retort export checkpoints/student/00000480 student.safetensors",
        "  retort export mae_pretrain_vit_base.pth base.safetensors --classes 1000"})
final class ExportCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FROM", description = "A checkpoint's directory, or a file of weights (.safetensors, .pth).")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "The safetensors file to write, for timm's vit_* models.")
    private String to = "";

    @Option(names = "--classes", paramLabel = "N", description = "Adds a head of N classes, all zeros, where there is none.")
    private @Nullable String classes;

    @Override
    public Integer call() {
        final List<String> arguments = new ArrayList<>(List.of(from, to));
        if (classes != null)
            arguments.addAll(List.of("--classes", classes));
        return Export.run(arguments, System.out);
    }
}
