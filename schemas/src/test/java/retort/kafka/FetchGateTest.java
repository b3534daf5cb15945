package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FetchGateTest {
    private static final long FETCH = 100;

    private final FetchGate gate = new FetchGate(2, FETCH);

    @Test
    void pausesAtTwoFetchesAndResumesAtOne() {
        assertThat(gate.decide(0, 199, false)).isFalse();
        assertThat(gate.isPaused(0)).isFalse();
        assertThat(gate.decide(0, 200, false)).isTrue();
        assertThat(gate.isPaused(0)).isTrue();
        assertThat(gate.decide(0, 101, false)).as("between the marks nothing changes").isFalse();
        assertThat(gate.isPaused(0)).isTrue();
        assertThat(gate.decide(0, 100, false)).isTrue();
        assertThat(gate.isPaused(0)).isFalse();
        assertThat(gate.decide(0, 199, false)).as("nor on the way up").isFalse();
    }

    @Test
    void eachPartitionPausesOnItsOwn() {
        assertThat(gate.decide(0, 1000, false)).isTrue();
        assertThat(gate.decide(1, 0, false)).isFalse();
        assertThat(gate.isPaused(0)).isTrue();
        assertThat(gate.isPaused(1)).isFalse();
    }

    @Test
    void thePartitionThatOwesTheNextSequenceIsNeverPaused() {
        assertThat(gate.decide(0, 1000, true)).isFalse();
        assertThat(gate.isPaused(0)).isFalse();
        gate.decide(1, 1000, false);
        assertThat(gate.decide(1, 1000, true)).isTrue();
        assertThat(gate.isPaused(1)).isFalse();
    }

    @Test
    void aShareOfTheBudgetIsFourFetches() {
        assertThat(FetchBudget.of(64 << 20, 4).fetchBytes()).isEqualTo(4 << 20);
        assertThat(FetchBudget.of(1, 100).fetchBytes()).as("never so small that fetching stops").isEqualTo(1024);
        assertThat(FetchBudget.of(Long.MAX_VALUE, 1).fetchBytes()).isEqualTo(64 << 20);
    }
}
