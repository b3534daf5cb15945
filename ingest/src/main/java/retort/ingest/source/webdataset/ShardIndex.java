package retort.ingest.source.webdataset;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.Label;
import retort.ingest.source.Listing;
import retort.ingest.source.PassedOver;
import retort.ingest.source.Sample;
import retort.ingest.source.SourceException;
import retort.ingest.source.tar.TarEnd;

/**
 * The places and labels of the samples of one shard: 12 bytes a sample.
 *
 * @param offsets position of each sample's first member in the shard, in bytes
 * @param labels the label of each sample: a class index, {@link #NONE}, or {@link #FIRST_OTHER} minus its place in {@code others}
 * @param others labels that are texts or are not understood, each once
 * @param moved number of samples whose label stands elsewhere in the shard, because members of one sample are not beside one another
 * @param end tells how the shard's tar ends
 * @param listing digest of the shard's samples
 */
@SuppressWarnings("ArrayRecordComponent") // an index, never compared
record ShardIndex(Path shard, long[] offsets, int[] labels, List<Label> others, long moved, TarEnd end,
        PassedOver passedOver, String listing) {
    static final int NONE = -1;
    static final int FIRST_OTHER = -2;

    /**
     * Reads the headers and labels of all shards, several shards at a time.
     *
     * @throws SourceException if a shard is cut or damaged
     */
    static List<ShardIndex> ofAll(Collection<Path> shards, Keys keys) throws SourceException {
        try {
            return shards.parallelStream().map(shard -> of(shard, keys)).toList();
        } catch (UncheckedIOException e) {
            throw new SourceException(e.getMessage() + ": fetch the shard again, or leave it out of the pattern", e);
        }
    }

    private static ShardIndex of(Path shard, Keys keys) {
        final PassedOver passedOver = new PassedOver();
        final Listing listing = new Listing();
        final Map<Label, Integer> others = new LinkedHashMap<>();
        final Map<String, Label> orphans = new HashMap<>();
        long[] offsets = new long[1024];
        int[] labels = new int[1024];
        int n = 0;
        try (GroupReader groups = GroupReader.open(shard, 0, keys, passedOver)) {
            for (Optional<Group> group = groups.next(false, orphans::put); group
                    .isPresent(); group = groups.next(false, orphans::put)) {
                if (n == offsets.length) {
                    offsets = Arrays.copyOf(offsets, 2 * n);
                    labels = Arrays.copyOf(labels, 2 * n);
                }
                offsets[n] = group.get().offset();
                labels[n++] = code(group.get().label(), others);
                listing.add(group.get().name(), group.get().size());
            }
            final int[] found = Arrays.copyOf(labels, n);
            final long moved = orphans.isEmpty() || Arrays.stream(found).noneMatch(code -> code == NONE)
                    ? 0
                    : adopt(shard, keys, orphans, found, others);
            return new ShardIndex(shard, Arrays.copyOf(offsets, n), found, List.copyOf(others.keySet()), moved,
                    groups.end(), passedOver, digest(listing, found, others.keySet()));
        } catch (IOException e) {
            throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Gives each sample without a label the label that stands under its key elsewhere in the shard. */
    private static long adopt(Path shard, Keys keys, Map<String, Label> orphans, int[] labels, Map<Label, Integer> others)
            throws IOException {
        long moved = 0;
        try (GroupReader groups = GroupReader.open(shard, 0, keys, new PassedOver())) {
            for (int i = 0; i < labels.length; i++) {
                final Optional<Group> group = groups.next(false, (key, label) -> {
                });
                final Label label = group.map(Group::key).map(orphans::get).orElse(Label.NONE);
                if (labels[i] == NONE && !(label instanceof Label.None)) {
                    labels[i] = code(label, others);
                    moved++;
                }
            }
        }
        return moved;
    }

    private static String digest(Listing listing, int[] labels, Set<Label> others) {
        listing.add("labels", Arrays.hashCode(labels));
        for (final Label label : others)
            if (label instanceof Label.Name(String text))
                listing.add(text, 0);
        return listing.hex();
    }

    private static int code(Label label, Map<Label, Integer> others) {
        return switch (label) {
            case Label.None none -> NONE;
            case Label.Index(int value) -> value;
            case Label.Name name -> FIRST_OTHER - others.computeIfAbsent(name, fresh -> others.size());
            case Label.Unclear unclear -> FIRST_OTHER - others.computeIfAbsent(unclear, fresh -> others.size());
        };
    }

    long samples() {
        return offsets.length;
    }

    long unlabelled() {
        return Arrays.stream(labels).filter(code -> code == NONE).count();
    }

    /** The place at which the next sample begins; beyond the shard's end after the last one. */
    long endOf(int sample) {
        return sample + 1 < offsets.length ? offsets[sample + 1] : Long.MAX_VALUE;
    }

    /** The bytes from the first header of a sample to that of the next one; for the last sample the largest that is fetched. */
    long bytesOf(int sample) {
        return sample + 1 < offsets.length ? offsets[sample + 1] - offsets[sample] : Sample.MAX_ENCODED_BYTES;
    }

    /** The label of a sample of this shard, as written. */
    Label label(int sample) {
        final int code = labels[sample];
        return code == NONE ? Label.NONE : code >= 0 ? new Label.Index(code) : others.get(FIRST_OTHER - code);
    }

    /** The classes that follow from all labels of the shards. */
    static ClassLabels classes(Collection<ShardIndex> indexes) {
        final int highest = indexes.stream().flatMapToInt(index -> Arrays.stream(index.labels)).max().orElse(NONE);
        final Set<String> texts = new TreeSet<>();
        for (final ShardIndex index : indexes)
            index.others.stream().map(label -> label instanceof Label.Name(String text) ? text : null).filter(Objects::nonNull)
                    .forEach(texts::add);
        return ClassLabels.found(Math.max(NONE, highest), texts);
    }
}
