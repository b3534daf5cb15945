package retort.bench.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import retort.bench.BenchException;
import retort.bench.ContestantProcess;

class StepBenchTest {
    private static final StepCase USUAL = new StepCase(StepCase.Models.S_B, 8, 0.75, 8);

    @Test
    void countsTheOperationsOfALeanStep() {
        assertThat(USUAL.operations() / 8.0 / 1e9).isCloseTo(44.4, within(0.1)); // an image's, counted by hand
        assertThat(new StepCase(StepCase.Models.S_B, 32, 0.75, 8).operations()).isEqualTo(4 * USUAL.operations());
        assertThat(new StepCase(StepCase.Models.S_B, 8, 0.98, 8).operations()).isLessThan(USUAL.operations());
        assertThat(new StepCase(StepCase.Models.S_B, 8, 0.75, 1).products()).allMatch(product -> product.times() > 0);
    }

    @Test
    void measuresEverythingUnlessToldOtherwise() {
        final StepOptions options = options();

        assertThat(options.cases()).hasSize(12);
        assertThat(options.mallocs()).containsExactly(Malloc.SYSTEM, Malloc.JEMALLOC);
        assertThat(options.contestants()).hasSize(7).noneMatch(Contestant::isRate);
        assertThat(options.rounds()).isEqualTo(5);
        assertThat(options.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(options.device()).isEqualTo("cpu");
        assertThat(options.python().directory().toString()).endsWith(".cache/retort/bench-python").doesNotContain("$");
    }

    @Test
    void narrowsToTheGivenCasesInAnyOrderOfOptions() {
        final StepOptions options = options("--mask", "0.98", "--quick", "--contestants", "retort-float32,lean-float32",
                "--rounds", "7",
                "--python-dir", "/tmp/there");

        assertThat(options.cases()).containsExactly(new StepCase(StepCase.Models.S_B, 8, 0.98, 8));
        assertThat(options.mallocs()).containsExactly(Malloc.SYSTEM);
        assertThat(options.contestants()).containsExactly(Contestant.RETORT_FLOAT32, Contestant.LEAN_FLOAT32);
        assertThat(options.rounds()).isEqualTo(7);
        assertThat(options.python().directory()).hasToString("/tmp/there");
    }

    @Test
    void namesAnOptionThatItDoesNotUnderstand() {
        assertThatThrownBy(() -> options("--fast")).isInstanceOf(ParameterException.class).hasMessageContaining("--fast");
        assertThatThrownBy(() -> options("--batch", "many")).isInstanceOf(ParameterException.class)
                .hasMessageContaining("--batch")
                .hasMessageContaining("many");
        assertThatThrownBy(() -> options("--malloc", "tcmalloc")).isInstanceOf(ParameterException.class)
                .hasMessageContaining("'tcmalloc' is none of system, jemalloc");
        assertThatThrownBy(() -> options("--contestants", "products-float32")).isInstanceOf(ParameterException.class)
                .hasMessageContaining("retort-float32, retort-bfloat16");
        assertThatThrownBy(() -> options("--rounds")).isInstanceOf(ParameterException.class).hasMessageContaining("--rounds");
        assertThatThrownBy(() -> options("--batch", "8,0").validate()).isInstanceOf(ParameterException.class)
                .hasMessageContaining("--batch 0 is out of range");
        assertThatThrownBy(() -> options("--mask", "1").validate()).isInstanceOf(ParameterException.class)
                .hasMessageContaining("--mask 1.0 is out of range");
    }

    @Test
    void comparesRoundByRoundAndOnlyTheContestantsThatWereMeasured() {
        final StepResult result = new StepResult(USUAL, Malloc.SYSTEM, Map.of(Contestant.RETORT_FLOAT32, List.of(2.0, 4.0, 1.0),
                Contestant.LEAN_FLOAT32, List.of(3.0, 4.0, 5.0), Contestant.PRODUCTS_FLOAT32, List.of(1.0, 2.0, 1.0)),
                Map.of(Contestant.RETORT_FLOAT32, 110L, Contestant.LEAN_FLOAT32, 100L));

        assertThat(result.ratios()).containsExactly(Map.entry(StepResult.Ratio.FLOAT32_OF_LEAN, 1.5));
        assertThat(result.memoryRatios().values()).containsExactly(1.1);
        assertThat(result.share(Contestant.LEAN_FLOAT32)).isCloseTo(1.0 / 3, within(0.02)); // attention is not among the products
    }

    @Test
    void retortsContestantStepsWhenItIsToldTo() {
        final Map<String, Object> description = Map.of("models", "s-b", "batch", 1, "mask", 0.98, "decoder", 1, "precision",
                "bfloat16", "device",
                "cpu",
                "threads", 2);
        try (ContestantProcess contestant = ContestantProcess.start("Retort", JavaContestant.process(description))) {
            assertThat(contestant.words()).isEqualTo("Retort, 2 threads");
            assertThat(contestant.run(0)).satisfies(turn -> assertThat(turn.units()).isOne())
                    .satisfies(turn -> assertThat(turn.seconds()).isPositive());
            assertThat(contestant.run(0).seconds()).isPositive();
        }
    }

    @Test
    void showsTheEndOfTheErrorsOfAContestantThatFailed() {
        assertThatThrownBy(() -> ContestantProcess.start("Retort", JavaContestant.process(Map.of("models", "s-b", "batch", 1))))
                .isInstanceOf(BenchException.class).hasMessageContaining("Retort ended with exit code 1")
                .hasMessageContaining("No value for property 'mask'");
    }

    private static StepOptions options(String... arguments) {
        final StepBench bench = new StepBench();
        new CommandLine(bench).parseArgs(arguments);
        return bench.options();
    }

    /** The figures that are published for DMAE's main row: ViT-B from ViT-L with 75 and 95 % masks, in floating-point operations an image. */
    @Test
    void theOperationsOfThePapersMainRowAreThePublishedOnes() {
        assertThat(new StepCase(StepCase.Models.B_L, 1, 0.75, 8).operations() / 1e9).isCloseTo(81.3, within(0.02 * 81.3));
        assertThat(new StepCase(StepCase.Models.B_L, 1, 0.95, 8).operations() / 1e9).isCloseTo(41.9, within(0.02 * 41.9));
    }
}
