package retort.compose.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import retort.compose.chaos.Fault.Kind;
import retort.compose.chaos.Fault.Victim;

/**
 * The faults of a job, in their order. They are a function of the seed and the number of kills alone.
 *
 * @param faults in the order in which they strike; the next one strikes when the job has recovered from the one before
 * @param steps number of steps of the whole job, so many that it is not done before the last fault
 */
record FaultPlan(List<Fault> faults, long steps) {
    /** Steps of the job for each fault. */
    private static final int STEPS_A_FAULT = 30;
    /** Kills for each fault of every other kind. */
    private static final int KILLS_A_FAULT = 6;
    /** Kafka aborts the transaction of a process that is silent for 10 s, and a run's lease is 2 s here. */
    private static final int LONGEST_PAUSE_MILLIS = 12_000;
    private static final Victim[] SERVICES = {Victim.INGEST, Victim.TRAINER, Victim.EVALUATOR};
    /** The trainer has the most to lose, so it is struck most often. */
    private static final Victim[] KILLED = {Victim.TRAINER, Victim.TRAINER, Victim.TRAINER, Victim.INGEST, Victim.EVALUATOR,
            Victim.BROKER};

    FaultPlan {
        faults = List.copyOf(faults);
    }

    /** @param kills number of processes that are killed, 1 or more; the other faults come in addition */
    static FaultPlan of(long seed, int kills) {
        final Random random = new Random(seed);
        final List<Kind> kinds = new ArrayList<>(Collections.nCopies(kills, Kind.KILL));
        final int others = Math.ceilDiv(kills, KILLS_A_FAULT);
        for (final Kind kind : Kind.values())
            if (kind != Kind.KILL)
                kinds.addAll(Collections.nCopies(others, kind));
        Collections.shuffle(kinds, random);
        final List<Fault> faults = new ArrayList<>();
        for (final Kind kind : kinds)
            faults.add(draw(kind, faults.size(), random));
        return new FaultPlan(faults, (kinds.size() + 1L) * STEPS_A_FAULT);
    }

    private static Fault draw(Kind kind, int before, Random random) {
        final Victim victim = switch (kind) {
            case KILL -> KILLED[random.nextInt(KILLED.length)];
            case PAUSE, DOUBLE -> SERVICES[random.nextInt(SERVICES.length)];
            case RESTART, LATENCY, CUT, SILENCE -> Victim.BROKER;
        };
        // A quarter of the faults do not wait for the job to move on, and so they strike a process that has just begun.
        final long step = random.nextInt(4) == 0 ? 0 : (long) before * STEPS_A_FAULT + random.nextInt(STEPS_A_FAULT);
        final Duration length = Duration.ofMillis(switch (kind) {
            case PAUSE -> before % 2 == 0 ? LONGEST_PAUSE_MILLIS : 2500 + random.nextInt(1500);
            case LATENCY, SILENCE -> 1500 + random.nextInt(2500);
            default -> 0;
        });
        return new Fault(kind, victim, step, Duration.ofMillis(random.nextInt(400)), length);
    }
}
