package retort.bench.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import retort.bench.BenchException;
import retort.bench.ingest.OwnBroker;

class ReadBenchTest {
    @Test
    void bothContestantsReadTheWholeStream() {
        try (OwnBroker broker = OwnBroker.start(); ReadContest contest = ReadContest.publish(broker.address(), 2, 12, 5)) {
            for (final ReadContest.Turn turn : List.of(contest.trainer(), contest.tool())) {
                assertThat(turn.whole()).isPositive();
                assertThat(turn.flow()).isGreaterThan(turn.whole());
            }
        }
    }

    /** A line of Kafka 4.4.0's tool. */
    @Test
    void theToolsRatesAreWithAndWithoutTheTimeInWhichItsGroupForms() {
        assertThat(ReadContest
                .rates("2026-11-26 22:00:00:000, 2026-11-26 22:00:01:000, 95.1, 95.1, 110, 110.0, 500, 500, 190.2, 220.0\n"))
                .isEqualTo(new ReadContest.Turn(95.1 * 1.048576, 190.2 * 1.048576));
        assertThatThrownBy(() -> ReadContest.rates("WARNING: nothing\n")).isInstanceOf(BenchException.class)
                .hasMessageContaining("nothing");
    }
}
