package retort.bench.step;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import retort.bench.Python;
import retort.bench.PythonOptions;

/** The options of {@code bench step}. */
final class StepOptions {
    @Option(names = "--quick", description = "One case (batch 8, 75 %% masked, 8 decoder blocks), system malloc, 3 rounds. Other options override parts of it.")
    private boolean quick;

    @Option(names = "--models", paramLabel = "NAME", converter = ModelsName.class, defaultValue = "s-b", description = "Student and teacher: s-b (ViT-S from ViT-B) or b-l (ViT-B from ViT-L) (default: ${DEFAULT-VALUE}).")
    private StepCase.Models models = StepCase.Models.S_B;

    @Option(names = "--batch", split = ",", paramLabel = "N", description = "Images in a step (default: 8,32).")
    private @Nullable List<Integer> batches;

    @Option(names = "--mask", split = ",", paramLabel = "RATIO", description = "Shares of masked patches, above 0 and below 1 (default: 0.75,0.95,0.98).")
    private @Nullable List<Double> masks;

    @Option(names = "--decoder", split = ",", paramLabel = "BLOCKS", description = "Blocks of the student's decoder (default: 8,2).")
    private @Nullable List<Integer> decoders;

    @Option(names = "--malloc", split = ",", paramLabel = "NAME", converter = MallocName.class, description = "system, jemalloc (default: both).")
    private @Nullable List<Malloc> mallocs;

    @Option(names = "--contestants", split = ",", paramLabel = "NAME", converter = ContestantName.class, description = "retort-float32, retort-bfloat16, program-float32, program-bfloat16, lean-float32, lean-bfloat16, authors-float32 (default: all).")
    private @Nullable List<Contestant> contestants;

    @Option(names = "--rounds", paramLabel = "N", description = "Timed steps of each contestant, taken in turns after one that is not timed; medians count (default: 5).")
    private @Nullable Integer rounds;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of every contestant (default: the machine's processors).")
    private @Nullable Integer threads;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", description = "cpu or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "cpu";

    @Mixin
    private PythonOptions python = new PythonOptions();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /** @throws ParameterException if a value is out of range */
    void validate() {
        final int turns = rounds();
        require(turns > 0, "--rounds", turns, "1 or more");
        final int each = threads();
        require(each > 0, "--threads", each, "1 or more");
        for (final StepCase step : cases()) {
            require(step.batch() > 0, "--batch", step.batch(), "1 or more");
            require(step.decoderDepth() > 0, "--decoder", step.decoderDepth(), "1 or more");
            require(step.maskRatio() > 0 && step.maskRatio() < 1, "--mask", step.maskRatio(), "a share above 0 and below 1");
        }
    }

    /** Every combination of batch, decoder and mask ratio. */
    List<StepCase> cases() {
        final List<Integer> decoderDepths = either(decoders, List.of(8), List.of(8, 2));
        final List<Double> ratios = either(masks, List.of(0.75), List.of(0.75, 0.95, 0.98));
        final List<StepCase> cases = new ArrayList<>();
        for (final int batch : either(batches, List.of(8), List.of(8, 32)))
            for (final int decoder : decoderDepths)
                for (final double mask : ratios)
                    cases.add(new StepCase(models, batch, mask, decoder));
        return cases;
    }

    List<Malloc> mallocs() {
        return either(mallocs, List.of(Malloc.SYSTEM), List.of(Malloc.values()));
    }

    /** The contestants that the report compares, without the matrix products. */
    List<Contestant> contestants() {
        final List<Contestant> all = Arrays.stream(Contestant.values()).filter(each -> !each.isRate()).toList();
        return either(contestants, all, all);
    }

    int rounds() {
        return either(rounds, 3, 5);
    }

    int threads() {
        final int processors = Runtime.getRuntime().availableProcessors();
        return either(threads, processors, processors);
    }

    String device() {
        return device;
    }

    Python python() {
        return python.python();
    }

    private <T> T either(@Nullable T given, T ofQuick, T ofAll) {
        return given != null ? given : quick ? ofQuick : ofAll;
    }

    private void require(boolean allowed, String option, Object value, String wanted) {
        if (!allowed)
            throw new ParameterException(spec.commandLine(), option + " " + value + " is out of range, give " + wanted);
    }

    /** The name of a constant on the command line, such as {@code retort-float32} for {@link Contestant#RETORT_FLOAT32}. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> E named(List<E> constants, String name) {
        return constants.stream().filter(each -> name(each).equals(name.strip())).findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "'" + name + "' is none of " + String.join(", ", constants.stream().map(StepOptions::name).toList())));
    }

    static StepCase.Models models(String name) {
        return named(List.of(StepCase.Models.values()), name);
    }

    private static final class ModelsName implements ITypeConverter<StepCase.Models> {
        @Override
        public StepCase.Models convert(String name) {
            return models(name);
        }
    }

    private static final class MallocName implements ITypeConverter<Malloc> {
        @Override
        public Malloc convert(String name) {
            return named(List.of(Malloc.values()), name);
        }
    }

    private static final class ContestantName implements ITypeConverter<Contestant> {
        @Override
        public Contestant convert(String name) {
            return named(Arrays.stream(Contestant.values()).filter(each -> !each.isRate()).toList(), name);
        }
    }
}
