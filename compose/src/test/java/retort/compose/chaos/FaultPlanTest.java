package retort.compose.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import retort.compose.chaos.Fault.Kind;
import retort.compose.chaos.Fault.Victim;

class FaultPlanTest {
    @Test
    void isAFunctionOfTheSeed() {
        assertThat(FaultPlan.of(1, 40)).isEqualTo(FaultPlan.of(1, 40));
        assertThat(FaultPlan.of(1, 40).faults()).isNotEqualTo(FaultPlan.of(2, 40).faults());
    }

    @Test
    void hasAsManyKillsAsAskedForAndSomeOfEveryOtherKind() {
        for (final int kills : new int[]{1, 6, 40}) {
            final List<Fault> faults = FaultPlan.of(7, kills).faults();
            assertThat(faults).filteredOn(fault -> fault.kind() == Kind.KILL).hasSize(kills);
            Arrays.stream(Kind.values()).filter(kind -> kind != Kind.KILL).forEach(
                    kind -> assertThat(faults).filteredOn(fault -> fault.kind() == kind).hasSize(Math.ceilDiv(kills, 6)));
        }
        assertThat(FaultPlan.of(7, 40).faults()).extracting(Fault::victim).contains(Victim.values());
    }

    @Test
    void noFaultStrikesAfterTheEndOfTheJob() {
        for (long seed = 0; seed < 50; seed++) {
            final FaultPlan plan = FaultPlan.of(seed, 12);
            assertThat(plan.faults()).allMatch(fault -> fault.step() < plan.steps() - 30);
        }
    }

    @Test
    void aFaultIsNamedWithItsVictimAndItsLength() {
        assertThat(FaultPlan.of(1, 40).faults()).extracting(Fault::words).contains("SIGKILL to trainer", "SIGTERM to broker",
                "a second trainer while the first is stopped", "cut connections to broker");
    }
}
