package retort.evaluator.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventLogTest {
    private final EventLog log = new EventLog("p1");

    @Test
    void whatIsBehindANumberComesOnceAndInOrder() {
        for (int i = 1; i <= 10; i++)
            log.add("progress", "{\"step\":" + i + "}");

        assertThat(log.after(7, 1 << 20)).extracting(EventLog.Entry::number).containsExactly(8L, 9L, 10L);
        assertThat(log.after(10, 1 << 20)).isEmpty();
        assertThat(log.after(0, 1)).as("one at least, so that a reader goes on").hasSize(1);
    }

    @Test
    void itsMemoryIsBoundedByNumberAndByBytes() {
        for (int i = 0; i < 3 * EventLog.MOST_EVENTS; i++)
            log.add("progress", "{}");
        assertThat(log.after(0, Integer.MAX_VALUE)).hasSize(EventLog.MOST_EVENTS);
        assertThat(log.holdsAfter(2 * EventLog.MOST_EVENTS)).isTrue();
        assertThat(log.holdsAfter(2 * EventLog.MOST_EVENTS - 1)).isFalse();

        final String large = "x".repeat(EventLog.MOST_BYTES / 4);
        for (int i = 0; i < 20; i++)
            log.add("evaluation", large);
        assertThat(log.after(0, Integer.MAX_VALUE)).hasSize(3);
    }

    @Test
    void anIdOfAnotherProcessOrOfTheFutureIsUnknown() {
        log.add("progress", "{}");

        assertThat(log.number(log.id(1))).hasValue(1L);
        assertThat(log.number("p2-1")).isEmpty();
        assertThat(log.number("p1-2")).isEmpty();
        assertThat(log.number("p1--1")).isEmpty();
        assertThat(log.number("p1-99999999999999999999")).isEmpty();
        assertThat(log.number("")).isEmpty();
    }
}
