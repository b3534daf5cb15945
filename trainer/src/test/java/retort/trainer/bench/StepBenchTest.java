package retort.trainer.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepBenchTest {
    private static final StepCase USUAL = new StepCase(8, 0.75, 8);

    @Test
    void countsTheOperationsOfALeanStep() {
        assertThat(USUAL.operations() / 8.0 / 1e9).isCloseTo(44.4, within(0.1)); // an image's, counted by hand
        assertThat(new StepCase(32, 0.75, 8).operations()).isEqualTo(4 * USUAL.operations());
        assertThat(new StepCase(8, 0.98, 8).operations()).isLessThan(USUAL.operations());
        assertThat(new StepCase(8, 0.75, 1).products()).allMatch(product -> product.times() > 0);
    }

    @Test
    void measuresEverythingUnlessToldOtherwise() {
        final StepBenchOptions options = StepBenchOptions.parse(List.of());

        assertThat(options.cases()).hasSize(12);
        assertThat(options.mallocs()).containsExactly(Malloc.SYSTEM, Malloc.JEMALLOC);
        assertThat(options.contestants()).hasSize(5).noneMatch(Contestant::isRate);
    }

    @Test
    void narrowsToWhatIsAskedFor() {
        final StepBenchOptions options = StepBenchOptions.parse(List.of("--quick", "--mask", "0.98", "--contestants",
                "retort-float32,lean-float32", "--rounds", "7", "--python-dir", "/tmp/there"));

        assertThat(options.cases()).containsExactly(new StepCase(8, 0.98, 8));
        assertThat(options.contestants()).containsExactly(Contestant.RETORT_FLOAT32, Contestant.LEAN_FLOAT32);
        assertThat(options.rounds()).isEqualTo(7);
        assertThat(options.pythonDirectory()).isEqualTo(Path.of("/tmp/there"));
    }

    @Test
    void namesAnOptionThatIsNotUnderstood() {
        assertThatThrownBy(() -> StepBenchOptions.parse(List.of("--fast"))).isInstanceOf(BenchException.class)
                .hasMessageContaining("--fast").hasMessageContaining("usage:");
        assertThatThrownBy(() -> StepBenchOptions.parse(List.of("--batch", "many"))).hasMessageContaining("--batch many");
        assertThatThrownBy(() -> StepBenchOptions.parse(List.of("--rounds"))).hasMessageContaining("--rounds needs a value");
    }

    @Test
    void comparesRoundByRoundAndOnlyWhatWasMeasured() {
        final StepResult result = new StepResult(USUAL, Malloc.SYSTEM, Map.of(Contestant.RETORT_FLOAT32, List.of(2.0, 4.0, 1.0),
                Contestant.LEAN_FLOAT32, List.of(3.0, 4.0, 5.0), Contestant.PRODUCTS_FLOAT32, List.of(1.0, 2.0, 1.0)),
                Map.of(Contestant.RETORT_FLOAT32, 110L, Contestant.LEAN_FLOAT32, 100L));

        assertThat(result.ratios()).containsExactly(Map.entry(StepResult.Ratio.FLOAT32_OF_LEAN, 1.5));
        assertThat(result.memoryRatios().values()).containsExactly(1.1);
        assertThat(result.share(Contestant.LEAN_FLOAT32)).isCloseTo(1.0 / 3, within(0.02)); // attention is not among the products
    }

    @Test
    void retortsContestantStepsWhenItIsToldTo() {
        final String description = """
                {"batch": 1, "mask": 0.98, "decoder": 1, "precision": "bfloat16", "device": "cpu", "threads": 2}""";
        try (ContestantProcess contestant = ContestantProcess.start("Retort", JavaContestant.process(description))) {
            assertThat(contestant.step()).isPositive();
            assertThat(contestant.step()).isPositive();
        }
    }

    @Test
    void showsTheEndOfWhatAFailedContestantSaid() {
        assertThatThrownBy(() -> ContestantProcess.start("Retort", JavaContestant.process("{\"batch\": 1}")))
                .isInstanceOf(BenchException.class).hasMessageContaining("Retort ended with exit code 1")
                .hasMessageContaining("No value for property 'mask'");
    }

    @Test
    void saysHowItIsUsed() {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();

        assertThat(StepBench.run(List.of("--help"), new PrintStream(out, true, StandardCharsets.UTF_8))).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("--python-dir");
    }
}
