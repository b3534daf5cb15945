package retort.compose.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import picocli.CommandLine;
import retort.compose.settings.Presets;
import retort.compose.settings.SettingsOptions;
import retort.settings.SettingException;
import retort.trainer.settings.RunSettings;
import retort.trainer.settings.TrainerSettings;

class PlanTest {
    private static final Path FILES = Path.of(System.getProperty("retort.root"), "compose", "presets");
    /** Files that presets include. */
    private static final Set<String> SHARED = Set.of("pretraining", "dmae", "finetuning");
    private static final List<String> PRESETS = Presets.NAMES;

    /**
     * DMAE's L to B at 224 px: 196 patches in all, a class token beside them.
     *
     * @param other another count of the same step, whose decoder computes its last block for all tokens
     */
    @ParameterizedTest
    @CsvSource({"dmae-vitb-imagenet, 49, 81.3e9", "dmae-vitb-imagenet-95, 9, 41.9e9"})
    void anImageCostsWhatACountByHandSays(String preset, long visible, double other) throws IOException {
        final long seen = visible + 1;
        final long masked = 196 - visible;
        final long teacher = 2 * visible * 768 * 1024 + 18 * (2 * seen * 12 * 1024 * 1024 + 4 * seen * seen * 1024);
        final long student = 2 * 2 * visible * 768 * 768 + 3 * 12 * (2 * seen * 12 * 768 * 768 + 4 * seen * seen * 768);
        final long head = 3 * 2 * seen * 768 * 1024;
        final long decoder = 3 * (2 * seen * 768 * 512 + 7 * (2L * 197 * 12 * 512 * 512 + 4 * 197 * 197 * 512)
                + 2L * 197 * 2 * 512 * 512 + 4 * masked * 197 * 512 + 2 * masked * 10 * 512 * 512 + 2 * masked * 512 * 768);

        final JsonNode plan = plan("--preset", preset, "--images", "1281167", "--no-measure", "--json");

        assertThat(plan.path("operationsPerImage").asLong()).isEqualTo(teacher + student + head + decoder);
        assertThat(plan.path("operationsPerImage").asDouble()).isCloseTo(other, within(0.02 * other));
    }

    @Test
    void thePageOfMethodsHasThePlansFigures() throws IOException {
        final Matcher row = Pattern.compile("^\\|.*\\| ([0-9.]+) \\| `([a-z0-9-]+)`", Pattern.MULTILINE)
                .matcher(Files.readString(FILES.resolveSibling("docs/methods.md")));
        final List<String> found = new ArrayList<>();
        while (row.find()) {
            final JsonNode plan = plan("--preset", row.group(2), "--images", "1281167", "--no-measure", "--json");
            assertThat(String.format(Locale.ROOT, "%.1f", plan.path("operationsPerImage").asDouble() / 1e9)).as(row.group(2))
                    .isEqualTo(row.group(1));
            found.add(row.group(2));
        }
        assertThat(found).contains("mae-lite-vitti", "tinymim-vitb", "g2sd-vits", "g2sd-finetune-vits", "amd-vitb",
                "maskalign-vitb", "moma-vits");
    }

    @Test
    void stepsAndBytesFollowFromTheEpochs() throws IOException {
        final JsonNode plan = plan("--preset", "dmae-vitb-imagenet", "--images", "1281167", "--no-measure", "--json");

        assertThat(plan.path("steps").asLong()).isEqualTo(31_278); // 100 x 1,281,167 / 4096, whole batches
        assertThat(plan.path("images").asLong()).isEqualTo(31_278L * 4096);
        assertThat(plan.path("brokerBytes").asLong()).isEqualTo(31_278L * 4096 * 224 * 224 * 3);
        // MAE's ViT-B with its decoder has 111,907,840 parameters, the projection head 768 x 1024 + 1024.
        assertThat(plan.path("memoryBytes").path("state").asLong() / 16.0).isCloseTo(112.7e6, within(0.5e6));
    }

    /** An epoch need not be a whole number of batches: a batch may begin in one and end in the next. */
    @ParameterizedTest
    @CsvSource({"1001, 10, 0.5, 50", "1001, 10, 1, 100", "1001, 10, 3, 300", "7, 10, 2, 1"})
    void stepsAreTheWholeBatchesOfTheEpochs(String images, int batch, double epochs, long steps) throws IOException {
        assertThat(plan("--images", images, "--no-measure", "--json", "--set", "trainer.batch=" + batch, "--set",
                "trainer.epochs=" + epochs, "--set", "trainer.steps=777", "--set",
                "trainer.runs=[{name=a,objective=pretrain,model=vit_tiny_patch16}]").path("steps").asLong()).isEqualTo(steps);
    }

    @ParameterizedTest
    @FieldSource("PRESETS")
    void fewerImagesThanABatchAreTold(String preset) {
        final CommandLine command = new CommandLine(new PlanCommand());
        command.parseArgs("--preset", preset, "--images", "1", "--no-measure");
        assertThatThrownBy(command.<PlanCommand>getCommand()::call).isInstanceOf(SettingException.class)
                .hasMessageMatching(
                        "epochs = \\d+\\.0 of run [a-z0-9-]+: epochs of 1 images hold no batch of \\d+: set more epochs, or a smaller batch");
    }

    @ParameterizedTest
    @FieldSource("PRESETS")
    void everyPresetIsAPlan(String preset) throws IOException {
        final JsonNode plan = plan("--preset", preset, "--images", "1281167", "--no-measure", "--json");

        assertThat(plan.path("operationsPerImage").asLong()).isPositive();
        assertThat(plan.path("steps").asLong()).isGreaterThan(30_000);
    }

    /** By default DMAE's main_finetune.py warms up for 20 of 100 epochs, and G2SD's main_finetune_dis.py for 5 of 200. */
    @ParameterizedTest
    @CsvSource({"finetune-vitb, 0.2, 0.75, 2e-3", "finetune-vits, 0.2, 0.75, 2e-3", "finetune-vitti, 0.2, 0.75, 2e-3",
            "g2sd-finetune-vits, 0.025, 0.75, 4e-3", "dmae-vitb-imagenet, 0.2, 1, 2.4e-3", "mae-vitb, 0.05, 1, 2.4e-3"})
    void theScheduleIsThatOfTheAuthors(String preset, double warmUp, double layerDecay, double peak) {
        final RunSettings run = TrainerSettings
                .from(CommandLine.populateCommand(new SettingsOptions(), "--preset", preset).load()).runs().getFirst()
                .lasting(1000);
        assertThat(run.optimizer().schedule().warmupSteps()).isCloseTo(warmUp * 1000, within(1e-9));
        assertThat(run.optimizer().layerDecay()).isEqualTo(layerDecay);
        assertThat(run.optimizer().schedule().peak()).isCloseTo(peak, within(1e-12));
    }

    @Test
    void everyFileIsAPresetOrIsIncluded() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            final Set<String> names = files.map(file -> file.getFileName().toString().replace(".conf", ""))
                    .collect(Collectors.toSet());
            final Set<String> known = new HashSet<>(PRESETS);
            known.addAll(SHARED);
            assertThat(names).isEqualTo(known);
        }
        final CommandLine command = new CommandLine(new PlanCommand());
        assertThat(command.getUsageMessage()).contains(PRESETS);
    }

    @Test
    void theHoursAreMeasured() throws IOException {
        final JsonNode plan = plan("--images", "640", "--json", "--set", "trainer.device=cpu", "--set", "trainer.threads=1",
                "--set",
                "ingest.image=8", "--set", "ingest.channels=1", "--set", "trainer.runs=[{name=a,objective=pretrain,epochs=2,"
                        + "model={width=16,depth=2,heads=2,patch=4},decoder={width=8,depth=1,heads=2}}]");

        assertThat(plan.path("steps").asLong()).isEqualTo(20);
        assertThat(plan.path("imagesPerSecond").asDouble()).isPositive();
        assertThat(plan.path("measuredImages").asInt()).isBetween(1, 64);
        assertThat(plan.path("seconds").asDouble()).isEqualTo(20 * 64 / plan.path("imagesPerSecond").asDouble());
    }

    private static JsonNode plan(String... arguments) throws IOException {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream console = System.out;
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertThat(new CommandLine(new PlanCommand()).execute(arguments)).isZero();
        } finally {
            System.setOut(console);
        }
        return new ObjectMapper().readTree(said.toString(StandardCharsets.UTF_8));
    }
}
