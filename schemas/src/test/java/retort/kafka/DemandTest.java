package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemandTest {
    private final Demand demand = new Demand();

    @Test
    void demandBetweenTheFirstLookAndTheFlagIsSeenByTheSecondLook() {
        assertThat(demand.isNone()).isTrue();
        assertThat(demand.add(1)).as("nobody sleeps yet, nobody is woken").isFalse();
        assertThat(demand.mayWait()).isFalse();
        assertThat(demand.add(1)).as("and nobody sleeps now").isFalse();
    }

    @Test
    void demandAfterTheFlagWakesTheLoopOnce() {
        assertThat(demand.mayWait()).isTrue();
        assertThat(demand.add(1)).isTrue();
        assertThat(demand.add(1)).isFalse();
    }

    @Test
    void aLoopThatIsAwakeIsNotWoken() {
        assertThat(demand.mayWait()).isTrue();
        demand.awake();
        assertThat(demand.add(1)).isFalse();
    }

    @Test
    void isCountedOneByOneUntilItIsWithoutEnd() {
        demand.add(2);
        demand.take();
        assertThat(demand.isNone()).isFalse();
        demand.take();
        assertThat(demand.isNone()).isTrue();
        demand.add(Long.MAX_VALUE);
        demand.add(Long.MAX_VALUE);
        demand.take();
        demand.add(1);
        for (int i = 0; i < 10; i++)
            demand.take();
        assertThat(demand.isNone()).isFalse();
    }
}
