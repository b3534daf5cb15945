package retort.trainer.export;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The command {@code retort export FROM TO [--classes N]}. */
public final class Export {
    private static final String USAGE = """
            usage: retort export FROM TO [--classes N]
            Writes a trained encoder for timm: without decoder and projection heads, with the head that it has, under timm's names.
              FROM         a checkpoint's directory, or a file of weights (.safetensors, .pth)
              TO           the safetensors file to write, for timm's vit_* models
              --classes N  add a head of N classes, all zeros, where there is none""";

    private Export() {
    }

    /** @return exit code: 0 written, or help given; 2 wrong usage. @throws retort.trainer.weights.WeightsException for weights that are no encoder */
    public static int run(List<String> args, PrintStream out) {
        if (args.contains("--help") || args.contains("-h")) {
            out.println(USAGE);
            return 0;
        }
        final List<String> paths = new ArrayList<>(args);
        final int option = paths.indexOf("--classes");
        OptionalInt classes = OptionalInt.empty();
        if (option >= 0 && option + 1 < paths.size() && paths.get(option + 1).matches("[1-9][0-9]{0,5}")) {
            classes = OptionalInt.of(Integer.parseInt(paths.remove(option + 1)));
            paths.remove(option);
        }
        if (paths.size() != 2 || paths.stream().anyMatch(path -> path.startsWith("-"))) {
            out.println(complaint(paths) + System.lineSeparator() + USAGE);
            return 2;
        }
        final TimmExport.Exported exported = TimmExport.export(Path.of(paths.get(0)), Path.of(paths.get(1)), classes);
        out.println(
                "exported " + exported.file() + " (" + exported.digest().bytes() + " bytes, SHA-256 " + exported.digest().sha256()
                        + ")");
        out.println("left out " + (exported.leftOut().isEmpty() ? "nothing" : String.join(", ", exported.leftOut())));
        out.println("model    " + exported.model());
        out.println("load     model.load_state_dict(safetensors.torch.load_file(\"" + exported.file() + "\"))");
        return 0;
    }

    private static String complaint(List<String> rest) {
        if (rest.contains("--classes"))
            return "export: --classes takes a number, 1 to 999999";
        return rest.stream().filter(each -> each.startsWith("-")).findFirst().map(each -> "export: there is no option " + each)
                .orElse("export: there must be two paths, FROM and TO, not " + rest.size());
    }
}
