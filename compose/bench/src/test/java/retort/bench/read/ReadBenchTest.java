package retort.bench.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import retort.bench.BenchException;
import retort.bench.ingest.OwnBroker;

class ReadBenchTest {
    @Test
    void bothContestantsReadTheWholeStream() {
        try (OwnBroker broker = OwnBroker.start(); ReadContest contest = ReadContest.publish(broker.address(), 2, 12, 5)) {
            assertThat(contest.trainer()).isPositive();
            assertThat(contest.tool()).isPositive();
        }
    }

    /** A line of Kafka 4.4.0's tool. */
    @Test
    void theToolsRateIsTheOneWithoutTheTimeInWhichItsGroupForms() {
        assertThat(ReadContest
                .rate("2026-11-26 22:00:00:000, 2026-11-26 22:00:01:000, 95.1, 95.1, 110, 110.0, 500, 500, 190.2, 220.0\n"))
                .isEqualTo(190.2);
        assertThatThrownBy(() -> ReadContest.rate("WARNING: nothing\n")).isInstanceOf(BenchException.class)
                .hasMessageContaining("nothing");
    }
}
