package retort.compose;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import retort.compose.local.LocalData;
import retort.compose.settings.SettingsOptions;
import retort.kafka.Broker;
import retort.place.Places;
import retort.settings.Settings;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.export.ModelExport;
import retort.trainer.export.Preprocessing;
import retort.trainer.export.Target;
import retort.trainer.model.Mlp;
import retort.trainer.pretrained.Hints;

@Command(name = "export", mixinStandardHelpOptions = true, sortOptions = false, description = "Writes a trained encoder for timm or transformers: without decoder and projection heads, with the head that it has.", footerHeading = "%nExamples:%n", footer = {
        "  retort export checkpoints/student/step-000000480 student --set kafka.bootstrap.servers=HOST:PORT",
        "  retort export .retort/checkpoints/student/step-000000800 student --data .retort --for transformers",
        "  retort export mae_pretrain_vit_base.pth#model base.safetensors --classes 1000"})
final class ExportCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Parameters(index = "0", paramLabel = "FROM[#MODEL]", description = "A checkpoint's folder, or a file of weights (.safetensors, .pth, .bin, .index.json), on a disk, s3:// or https://; #MODEL is one of several models in it.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "A folder that is new, empty or an earlier export; or, for timm, a file NAME.safetensors. It is replaced as a whole.")
    private Path to = Path.of("");

    @Option(names = "--for", paramLabel = "LIBRARY", defaultValue = "timm", description = "timm, transformers (ViTModel or ViTForImageClassification) or transformers-mae (ViTMAEForPreTraining, with the decoder); default: ${DEFAULT-VALUE}.")
    private String library = "timm";

    @Option(names = "--data", paramLabel = "DIR", description = "The folder of a local run, whose broker knows the stream and the evaluations.")
    private @Nullable Path data;

    @Option(names = "--classes", paramLabel = "N", description = "Adds a head of N classes, all zeros, where there is none.")
    private @Nullable Integer classes;

    @Option(names = "--heads", paramLabel = "N", description = "Attention heads, where neither the file nor its folder tells them.")
    private @Nullable Integer heads;

    @Option(names = "--epsilon", paramLabel = "X", description = "Epsilon of the norms, likewise.")
    private @Nullable Double epsilon;

    @Option(names = "--activation", paramLabel = "NAME", description = "Activation of the MLPs, likewise: gelu, quick-gelu or gelu-tanh.")
    private @Nullable String activation;

    @Option(names = "--mean", paramLabel = "R,G,B", split = ",", description = "Mean of the images by channel, of values from 0 to 1, where no broker tells it.")
    private List<Double> mean = List.of();

    @Option(names = "--std", paramLabel = "R,G,B", split = ",", description = "Deviation, likewise.")
    private List<Double> std = List.of();

    @Option(names = "--class-names", paramLabel = "FILE", description = "A text file with the name of a class in each line, likewise.")
    private @Nullable Path classNames;

    @Override
    public Integer call() throws Exception {
        if (Places.isPlace(to.toString().replaceFirst(":/+", "://")))
            throw misuse("TO is a folder or a file on a disk, not " + to + ": export to a disk and upload it from there");
        try (Places places = Places.from(settings.load())) {
            return export(places);
        }
    }

    private int export(Places places) throws Exception {
        final int at = !Places.isPlace(from) && Files.exists(Path.of(from)) ? -1 : from.lastIndexOf('#');
        final Path file = places.file(at < 0 ? from : from.substring(0, at));
        final Optional<String> model = at < 0 ? Optional.empty() : Optional.of(from.substring(at + 1));
        final Hints given = new Hints(positive("--heads", heads),
                epsilon == null ? OptionalDouble.empty() : OptionalDouble.of(epsilon), mlp());
        final OptionalInt head = positive("--classes", classes);
        final Preprocessing own = preprocessing();
        final Target target = Arrays.stream(Target.values()).filter(each -> each.toString().equals(library)).findFirst()
                .orElseThrow(() -> misuse("--for takes " + Arrays.toString(Target.values()) + ", not " + library));
        final TrainedImages known = known(file);
        print(ModelExport.export(new ModelExport.Request(file, model, given, head, known.images().over(own), known.scores()),
                target, to), known.notes());
        return 0;
    }

    /** Stream, run and evaluations of a checkpoint, from the broker; unknown if no broker is given. */
    private TrainedImages known(Path file) throws Exception {
        final Optional<Checkpoint> checkpoint = ModelExport.checkpoint(file);
        if (checkpoint.isEmpty())
            return TrainedImages.UNKNOWN;
        final Config config = settings.load();
        if (data != null)
            try (LocalData folder = LocalData.open(data)) {
                return TrainedImages.of(Broker.from(Settings.withKafka(config, "bootstrap.servers", folder.bootstrapServers())),
                        checkpoint.get());
            }
        return settings.given().hasPath("kafka") ? TrainedImages.of(Broker.from(config), checkpoint.get()) : TrainedImages.ASK;
    }

    private static void print(ModelExport.Exported exported, List<String> notes) {
        final PrintStream out = System.out;
        exported.notes().forEach(note -> out.println("note     " + note));
        notes.forEach(note -> out.println("note     " + note));
        out.println("exported " + exported.place() + " (weights of " + exported.digest().bytes() + " bytes, SHA-256 "
                + exported.digest().sha256() + ")");
        out.println("left out " + (exported.leftOut().isEmpty() ? "nothing" : String.join(", ", exported.leftOut())));
        out.println("model    " + exported.model());
        out.println("load     " + exported.loading());
    }

    private Optional<Mlp> mlp() {
        if (activation == null)
            return Optional.empty();
        return Optional.of(Mlp.named(activation).filter(each -> each != Mlp.SWIGLU)
                .orElseThrow(() -> misuse("--activation takes gelu, quick-gelu or gelu-tanh, not " + activation)));
    }

    private OptionalInt positive(String option, @Nullable Integer value) {
        if (value != null && (value < 1 || value > 999_999))
            throw misuse(option + " takes a number, 1 to 999999, not " + value);
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }

    private Preprocessing preprocessing() {
        if (mean.size() != std.size())
            throw misuse("--mean and --std need as many channels each");
        if (epsilon != null && !(epsilon > 0 && epsilon < 1))
            throw misuse("--epsilon takes a number between 0 and 1, not " + epsilon);
        try {
            return new Preprocessing(mean, std, classNames == null ? List.of() : new ArrayList<>(Files.readAllLines(classNames)));
        } catch (IOException e) {
            throw misuse("--class-names " + classNames + " cannot be read: " + e.getMessage());
        }
    }

    private ParameterException misuse(String message) {
        if (spec == null)
            throw new IllegalStateException("picocli has not prepared the command");
        return new ParameterException(spec.commandLine(), message);
    }
}
