package retort.ingest.source.idx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import retort.ingest.source.ClassNames;
import retort.ingest.source.Findings;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Listing;
import retort.ingest.source.Sample;
import retort.ingest.source.SourceException;

/** Grey images of one size and their labels, in the files' own order. Thread-safe until it is closed. */
final class IdxSource implements IndexedSource {
    private final String name;
    private final IdxFile images;
    private final IdxFile labels;
    private final List<String> classNames;
    private final Findings findings;
    private final Arena arena;

    private IdxSource(String name, IdxFile images, IdxFile labels, List<String> classNames, Arena arena) {
        this.name = name;
        this.images = images;
        this.labels = labels;
        this.arena = arena;
        this.classNames = classNames;
        this.findings = Findings.of(listing(images.data(), labels.data(), Integer.MAX_VALUE));
    }

    @SuppressWarnings("MustBeClosedChecker") // closed with the source, or here where there will be none
    static IdxSource open(IdxPair files, Optional<List<String>> given) throws IOException, SourceException {
        final Arena arena = Arena.ofShared();
        try {
            final IdxFile images = IdxFile.open(files.images(), 3, arena);
            final IdxFile labels = IdxFile.open(files.labels(), 1, arena);
            if (images.dimensions()[0] != labels.dimensions()[0])
                throw new SourceException(files.labels() + " holds " + labels.dimensions()[0] + " labels for "
                        + images.dimensions()[0] + " images of " + files.images() + ": the two do not belong together");
            final int highest = highest(labels.data());
            if (given.isPresent() && given.get().size() <= highest)
                throw new SourceException(files.labels() + " has the label " + highest + ", the list of classes names only "
                        + given.get().size());
            return new IdxSource(files.name(), images, labels, given.orElseGet(() -> ClassNames.numbered(highest + 1)), arena);
        } catch (IOException | SourceException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public long size() {
        return images.dimensions()[0];
    }

    @Override
    public int label(long index) {
        return labels.data().get(ValueLayout.JAVA_BYTE, index) & 0xFF;
    }

    @Override
    public Sample read(long index) {
        final int height = images.dimensions()[1];
        final int width = images.dimensions()[2];
        final byte[] pixels = images.data().asSlice(index * height * width, (long) height * width).toArray(ValueLayout.JAVA_BYTE);
        return new Sample(index, name + "[" + index + "]", label(index), new Sample.Pixels(pixels, 0, height, width, 1));
    }

    /** The names of the given list, or numbers, because the format has no names. */
    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public Findings findings() {
        return findings;
    }

    @Override
    public void close() {
        arena.close();
    }

    /**
     * A digest of the contents, because all sets of one kind have the same size.
     *
     * @param most the largest number of bytes that are added at one time
     */
    static Listing listing(MemorySegment images, MemorySegment labels, int most) {
        final Listing listing = new Listing().add("labels", labels.asByteBuffer());
        for (long at = 0; at == 0 || at < images.byteSize(); at += most)
            listing.add("images", images.asSlice(at, Math.min(most, images.byteSize() - at)).asByteBuffer());
        return listing;
    }

    private static int highest(MemorySegment labels) {
        int highest = 0;
        for (long i = 0; i < labels.byteSize(); i++)
            highest = Math.max(highest, labels.get(ValueLayout.JAVA_BYTE, i) & 0xFF);
        return highest;
    }
}
