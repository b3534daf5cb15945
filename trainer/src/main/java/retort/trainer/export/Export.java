package retort.trainer.export;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import retort.trainer.model.Mlp;
import retort.trainer.pretrained.Hints;

/** The command {@code retort export FROM TO}. Blocking; runs on the command's own thread. */
public final class Export {
    private static final String USAGE = """
            usage: retort export FROM[#MODEL] TO [--classes N] [--heads N] [--epsilon X] [--activation gelu|quick-gelu]
                                 [--mean R,G,B --std R,G,B] [--class-names FILE]
            Writes a trained encoder for timm: without decoder and projection heads, with the head that it has, under timm's names.
              FROM           a checkpoint's folder, or a file of weights (.safetensors, .pth, .bin, .index.json)
              #MODEL         one of several models in that file, such as #model_ema
              TO             a file NAME.safetensors, or a new folder that timm.create_model("local-dir:TO") loads
              --classes N    add a head of N classes, all zeros, where there is none
              --heads N      attention heads, where neither the file nor its folder tells them
              --epsilon X    of the norms, likewise
              --activation   of the MLPs of a CLIP, likewise
              --mean, --std  of the training images by channel, of values from 0 to 1, for config.json
              --class-names  a text file with the name of a class in each line, for config.json""";
    private static final Set<String> OPTIONS = Set.of("--classes", "--heads", "--epsilon", "--activation", "--mean", "--std",
            "--class-names");

    private Export() {
    }

    /** The arguments of the command are wrong. */
    private static final class UsageException extends RuntimeException {
        @java.io.Serial
        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message);
        }
    }

    /**
     * Runs the command.
     *
     * @param out receives the report, or the usage
     * @return the exit code: 0 if the export is written, or help is printed; 2 if the arguments are wrong
     * @throws retort.trainer.weights.WeightsException if the weights are no encoder, or the target must not be written
     */
    public static int run(List<String> args, PrintStream out) {
        if (args.contains("--help") || args.contains("-h")) {
            out.println(USAGE);
            return 0;
        }
        final List<String> paths = new ArrayList<>();
        final TimmExport.Request request;
        try {
            final Map<String, String> options = options(args, paths);
            if (paths.size() != 2)
                throw new UsageException("there must be two paths, FROM and TO, not " + paths.size());
            request = request(paths.get(0), options);
        } catch (UsageException e) {
            out.println("export: " + e.getMessage() + System.lineSeparator() + USAGE);
            return 2;
        }
        print(TimmExport.export(request, Path.of(paths.get(1))), out);
        return 0;
    }

    private static void print(TimmExport.Exported exported, PrintStream out) {
        exported.notes().forEach(note -> out.println("note     " + note));
        out.println("exported " + exported.place() + " (weights of " + exported.digest().bytes() + " bytes, SHA-256 "
                + exported.digest().sha256() + ")");
        out.println("left out " + (exported.leftOut().isEmpty() ? "nothing" : String.join(", ", exported.leftOut())));
        out.println("model    " + exported.model());
        out.println("load     " + (exported.place().toString().endsWith(".safetensors")
                ? "model.load_state_dict(safetensors.torch.load_file(\"" + exported.place() + "\"))"
                : "timm.create_model(\"local-dir:" + exported.place() + "\", pretrained=True)"));
    }

    private static Map<String, String> options(List<String> args, List<String> paths) {
        final Map<String, String> options = new HashMap<>();
        for (int i = 0; i < args.size(); i++) {
            final String each = args.get(i);
            if (!each.startsWith("-"))
                paths.add(each);
            else if (!OPTIONS.contains(each))
                throw new UsageException("there is no option " + each);
            else if (i + 1 == args.size())
                throw new UsageException(each + " takes a value");
            else if (options.put(each, args.get(++i)) != null)
                throw new UsageException(each + " is given twice");
        }
        return options;
    }

    private static TimmExport.Request request(String from, Map<String, String> options) {
        final int at = Files.exists(Path.of(from)) ? -1 : from.lastIndexOf('#');
        final Hints hints = new Hints(number(options, "--heads", 999), epsilon(options), mlp(options));
        final List<Double> mean = channels(options, "--mean");
        final List<Double> std = channels(options, "--std");
        if (mean.size() != std.size())
            throw new UsageException("--mean and --std need as many channels each");
        return new TimmExport.Request(Path.of(at < 0 ? from : from.substring(0, at)),
                at < 0 ? Optional.empty() : Optional.of(from.substring(at + 1)), hints, number(options, "--classes", 999_999),
                new Preprocessing(mean, std, classNames(options)), List.of());
    }

    private static OptionalInt number(Map<String, String> options, String name, int most) {
        final String text = options.get(name);
        if (text == null)
            return OptionalInt.empty();
        if (!text.matches("[1-9][0-9]{0,5}") || Integer.parseInt(text) > most)
            throw new UsageException(name + " takes a number, 1 to " + most + ", not " + text);
        return OptionalInt.of(Integer.parseInt(text));
    }

    private static OptionalDouble epsilon(Map<String, String> options) {
        final List<Double> values = channels(options, "--epsilon");
        if (values.size() > 1)
            throw new UsageException("--epsilon takes one number");
        return values.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(values.getFirst());
    }

    private static Optional<Mlp> mlp(Map<String, String> options) {
        return Optional.ofNullable(options.get("--activation")).map(name -> switch (name) {
            case "gelu" -> Mlp.GELU;
            case "quick-gelu" -> Mlp.QUICK_GELU;
            default -> throw new UsageException("--activation takes gelu or quick-gelu, not " + name);
        });
    }

    private static List<Double> channels(Map<String, String> options, String name) {
        final String text = options.get(name);
        try {
            return text == null ? List.of() : Stream.of(text.split(",")).map(Double::valueOf).toList();
        } catch (NumberFormatException e) {
            throw new UsageException(name + " takes numbers with commas between them, not " + text);
        }
    }

    private static List<String> classNames(Map<String, String> options) {
        final String file = options.get("--class-names");
        try {
            return file == null ? List.of() : Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            throw new UsageException("--class-names " + file + " cannot be read: " + e.getMessage());
        }
    }
}
