package retort.trainer.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import retort.kafka.BatchRecord;
import retort.kafka.Broker;
import retort.kafka.StreamGapException;
import retort.kafka.StreamPosition;
import retort.record.Stream;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.ledger.Ledger;
import retort.trainer.ledger.LedgerEntry;
import retort.trainer.ledger.LedgerHeader;
import retort.trainer.ledger.Place;

/**
 * Proves that a run has trained each sample of each epoch exactly once and in stream order, or names the exceptions. Reads the ledger,
 * the list of checkpoints, and the records of the stream. Blocks; any thread. A run may be audited while it trains, but then steps that
 * are being written may look torn.
 */
public final class Audit {
    private static final long READ_AHEAD_BYTES = 16 << 20;

    private final Broker broker;
    private final CheckpointStore store;

    public Audit(Broker broker, CheckpointStore store) {
        this.broker = broker;
        this.store = store;
    }

    /** Audits a run. A run without a ledger or without a stream is a report with a fault. */
    public AuditReport of(String run) {
        final Optional<Ledger> ledger = Ledger.read(store.folder(run));
        if (ledger.isEmpty())
            return new AuditReport(run, "", 0, 0, 0, 0,
                    List.of(Finding.fault("run " + run + " has no ledger in " + store.folder(run))));
        final List<Checkpoint> checkpoints = store.list(run);
        final List<Finding> findings = new ArrayList<>(LedgerCheck.of(ledger.get(), checkpoints));
        final List<LedgerEntry> entries = ledger.get().entries();
        final long images = entries.stream().mapToLong(LedgerEntry::images).sum();
        final String name = ledger.get().header().map(LedgerHeader::stream).orElse("");
        final Optional<Stream> stream = name.isEmpty() ? Optional.empty() : broker.streams().find(name);
        if (stream.isEmpty()) {
            findings.add(Finding.fault("stream " + name + " is not published, so its samples cannot be compared"));
            return new AuditReport(run, name, entries.size(), 0, images, 0, findings);
        }
        final StreamCheck check = compare(stream.get(), ledger.get(), findings);
        return new AuditReport(run, name, entries.size(), check.compared(), images, check.epochs(), findings);
    }

    private StreamCheck compare(Stream stream, Ledger ledger, List<Finding> findings) {
        final List<LedgerEntry> entries = ledger.entries();
        if (entries.isEmpty())
            return new StreamCheck(stream, entries, ledger.skips());
        final long earliest = broker.earliestSequence(stream).orElse(Long.MAX_VALUE);
        final List<LedgerEntry> held = entries.stream().filter(entry -> entry.from().sequence() >= earliest).toList();
        if (held.size() < entries.size())
            findings.add(new Finding(Finding.Kind.NOT_HELD, "the broker no longer holds the records of "
                    + (entries.size() - held.size()) + " steps: the ledger and the checkpoints alone speak for them"));
        final StreamCheck check = new StreamCheck(stream, held, ledger.skips());
        if (held.isEmpty())
            return check;
        final long first = held.stream().mapToLong(entry -> entry.from().sequence()).min().orElseThrow();
        final Place end = held.stream().map(LedgerEntry::to).max(Comparator.naturalOrder()).orElseThrow();
        final long last = Math.min(lastRecord(end), broker.latestSequence(stream) - 1);
        if (last >= first)
            read(stream, first, last, check, findings);
        findings.addAll(check.end(last < lastRecord(end) ? new Place(last + 1, 0) : end));
        return check;
    }

    private void read(Stream stream, long first, long last, StreamCheck check, List<Finding> findings) {
        try {
            broker.batches(stream, new StreamPosition(first, Map.of()), OptionalLong.of(last), READ_AHEAD_BYTES, "audit")
                    .map(BatchRecord::batch).doOnNext(check::record).blockLast();
        } catch (StreamGapException e) {
            findings.add(Finding.fault(String.valueOf(e.getMessage())));
        }
    }

    /** The last record that has images before {@code place}. */
    private static long lastRecord(Place place) {
        return place.used() == 0 ? place.sequence() - 1 : place.sequence();
    }
}
