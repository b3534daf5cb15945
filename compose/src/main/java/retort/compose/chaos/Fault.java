package retort.compose.chaos;

import java.time.Duration;
import java.util.Locale;

/**
 * One fault of a plan.
 *
 * @param kind the fault
 * @param victim the process that it strikes; the broker for faults of the link
 * @param step the number of steps that the job has taken at least when the fault strikes
 * @param delay time from then to the fault, so that it strikes in any part of a step, a save or a start
 * @param length time that the fault lasts; zero for a fault of a moment
 */
record Fault(Kind kind, Victim victim, long step, Duration delay, Duration length) {
    /** A process of the job. */
    enum Victim {
        BROKER, INGEST, TRAINER, EVALUATOR;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A fault, as its line of the report names it. */
    enum Kind {
        KILL("SIGKILL to"), PAUSE("SIGSTOP to"), DOUBLE("a second"), RESTART("SIGTERM to"), LATENCY("latency on the way to"), CUT(
                "cut connections to"), SILENCE("a half-open link to");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    /** The fault in words, such as {@code SIGKILL to trainer}. */
    String words() {
        final String last = length.isZero() ? "" : " for " + length.toMillis() + " ms";
        return kind.words + " " + victim + (kind == Kind.DOUBLE ? " while the first is stopped" : "") + last;
    }
}
