package retort.ingest.source.webdataset;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.FileName;
import retort.ingest.source.Findings;
import retort.ingest.source.Listing;
import retort.ingest.source.PassedOver;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;
import retort.ingest.source.tar.TarEnds;

/** Puts together what the indexes of all shards of a source have found. Stateless. */
final class ShardFindings {
    private ShardFindings() {
    }

    /** @param listed the shards of the digest, in canonical order */
    static Findings of(List<ShardIndex> listed, Collection<ShardIndex> indexes, ClassLabels classes) {
        final Listing listing = new Listing();
        for (final ShardIndex index : listed)
            listing.add(index.shard(), "=" + index.listing(), index.samples());
        final PassedOver passedOver = new PassedOver();
        indexes.forEach(index -> passedOver.addAll(index.passedOver()));
        final List<String> remarks = new ArrayList<>(classes.remarks());
        final long moved = indexes.stream().mapToLong(ShardIndex::moved).sum();
        if (moved > 0)
            remarks.add(moved + " labels do not stand beside their image and were found by their key elsewhere in the shard");
        remarks.addAll(unlabelled(indexes).stream().toList());
        final TarEnds ends = new TarEnds();
        indexes.stream().sorted(Comparator.comparing(index -> FileName.of(index.shard()), FileName.ORDER))
                .forEach(index -> ends.add(FileName.shown(FileName.of(index.shard())), index.end()));
        remarks.addAll(ends.remarks());
        remarks.addAll(empty(indexes).stream().toList());
        return Findings.of(listing, passedOver, remarks);
    }

    private static Optional<String> unlabelled(Collection<ShardIndex> indexes) {
        final long samples = indexes.stream().mapToLong(ShardIndex::samples).sum();
        final long without = indexes.stream().mapToLong(ShardIndex::unlabelled).sum();
        return without == 0
                ? Optional.empty()
                : Optional.of(String.format(Locale.ROOT, "%,d of %,d samples have no label", without, samples));
    }

    private static Optional<String> empty(Collection<ShardIndex> indexes) {
        final List<String> empty = indexes.stream().filter(index -> index.samples() == 0)
                .map(index -> FileName.shown(FileName.of(index.shard()))).sorted(FileName.ORDER).toList();
        return empty.isEmpty()
                ? Optional.empty()
                : Optional.of(empty.size() + " shards hold no sample with an image, such as " + empty.getFirst());
    }

    /** @throws SourceException if no sample has a label, and a member that is not read sounds like one */
    static void requireLabels(SourceLocation location, Collection<ShardIndex> indexes) throws SourceException {
        final Set<String> unread = new TreeSet<>();
        for (final ShardIndex index : indexes)
            if (index.unlabelled() == index.samples())
                unread.addAll(GroupReader.unreadLabels(index.passedOver()));
            else
                return;
        if (!unread.isEmpty())
            throw new SourceException(location + ": no sample has a label under a usual name, and there are " + unread
                    + ", which sound like labels: name the member or the field of JSON with label=KEY, or leave labels out with label=");
    }
}
