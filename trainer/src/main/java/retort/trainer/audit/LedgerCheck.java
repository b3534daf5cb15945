package retort.trainer.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.ledger.Ledger;
import retort.trainer.ledger.LedgerEntry;
import retort.trainer.ledger.LedgerHeader;
import retort.trainer.ledger.LedgerSkip;
import retort.trainer.ledger.Place;

/**
 * Checks a ledger by itself and against the checkpoints: steps follow one another, each begins where the one before ends, and every
 * checkpoint has the place in the stream that the ledger says. Confined to one thread.
 */
final class LedgerCheck {
    private final List<Finding> findings = new ArrayList<>();

    private LedgerCheck() {
    }

    static List<Finding> of(Ledger ledger, List<Checkpoint> checkpoints) {
        final LedgerCheck check = new LedgerCheck();
        ledger.damaged().forEach(line -> check.fault("line " + line + " of the ledger is damaged or torn"));
        if (ledger.header().isEmpty())
            check.fault("the ledger has no header, so nobody knows where the run began");
        ledger.header().ifPresent(header -> {
            check.header(header, checkpoints);
            check.entries(header, ledger.entries());
            check.skips(ledger);
            check.checkpoints(header, ledger.entries(), checkpoints);
        });
        return check.findings;
    }

    private void header(LedgerHeader header, List<Checkpoint> checkpoints) {
        if (header.firstStep() > 0)
            fault("the ledger begins after step " + header.firstStep() + ": the steps before it are not proven");
        final Optional<TrainingState> state = checkpoints.stream().map(Checkpoint::state).findFirst();
        if (state.isEmpty()) {
            fault("run " + header.run() + " has no checkpoint");
            return;
        }
        if (!state.get().run().equals(header.run()) || !state.get().stream().equals(header.stream()))
            fault("the ledger is of run " + header.run() + " on stream " + header.stream() + ", the checkpoints are of run "
                    + state.get().run() + " on stream " + state.get().stream());
        if (header.firstStep() == 0 && !header.start().equals(new Place(state.get().startSequence(), 0)))
            fault("the ledger begins at " + header.start() + ", but the run began at record " + state.get().startSequence());
    }

    private void entries(LedgerHeader header, List<LedgerEntry> entries) {
        long next = header.firstStep() + 1;
        Place place = header.start();
        for (final LedgerEntry entry : entries) {
            if (entry.step() < next)
                fault("step " + entry.step() + " stands in the ledger again after step " + (next - 1));
            else if (entry.step() > next)
                fault("steps " + next + " to " + (entry.step() - 1) + " are missing in the ledger");
            if (entry.from().isBefore(place))
                fault("step " + entry.step() + " trained the images from " + entry.from() + " to " + place + " again");
            else if (place.isBefore(entry.from()))
                fault("the images from " + place + " to " + entry.from() + " were left out before step " + entry.step());
            if (!entry.from().isBefore(entry.to()))
                fault("step " + entry.step() + " ends at " + entry.to() + ", which is not behind its begin at " + entry.from());
            if (entry.images() != entries.getFirst().images())
                fault("step " + entry.step() + " has " + entry.images() + " images, the first step has "
                        + entries.getFirst().images());
            next = entry.step() + 1;
            place = entry.to();
        }
    }

    private void skips(Ledger ledger) {
        for (final LedgerSkip skip : ledger.skips())
            if (skip.from().isBefore(skip.to()) && skip.to().used() == 0 && ledger.entries().stream()
                    .anyMatch(entry -> entry.step() == skip.step() && !skip.from().isBefore(entry.from())
                            && !entry.to().isBefore(skip.to())))
                findings.add(new Finding(Finding.Kind.SKIPPED, "step " + skip.step() + " passed over the images from "
                        + skip.from() + " to " + skip.to() + ", because trainer.skip named them"));
            else
                fault("the images from " + skip.from() + " to " + skip.to() + " are noted as skipped by step " + skip.step()
                        + ", which did not pass them");
    }

    private void checkpoints(LedgerHeader header, List<LedgerEntry> entries, List<Checkpoint> checkpoints) {
        final Map<Long, Place> ends = new HashMap<>();
        ends.put(header.firstStep(), header.start());
        entries.forEach(entry -> ends.put(entry.step(), entry.to()));
        for (final Checkpoint checkpoint : checkpoints) {
            final TrainingState state = checkpoint.state();
            final Place stands = new Place(state.position().nextSequence(), state.usedImages());
            final Place end = ends.get(state.step());
            if (end == null && state.step() >= header.firstStep())
                fault("the checkpoint of step " + state.step() + " has no entry in the ledger");
            else if (end != null && !end.equals(stands))
                fault("the checkpoint of step " + state.step() + " stands at " + stands + ", the ledger says " + end);
        }
    }

    private void fault(String text) {
        findings.add(Finding.fault(text));
    }
}
