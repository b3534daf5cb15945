package retort.ingest.source.folder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import retort.ingest.source.Changes;
import retort.ingest.source.Contents;
import retort.ingest.source.FileName;
import retort.ingest.source.Findings;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sample;
import retort.place.Places;

/**
 * A folder that holds one folder of image files for each class, or image files without labels. The list of files is made when the source
 * is opened. Immutable.
 */
final class FolderSource implements IndexedSource {
    private final Path root;
    private final List<String> classNames; // as on disk
    private final List<String> shownNames;
    /** The first sample of each class, and one past the last sample of all. */
    private final int[] starts;
    private final FileNames names;
    private final Findings findings;

    FolderSource(FolderListing listed) {
        this(listed, listed.classNames());
    }

    /** @param shownNames names of the classes, where folders have other names */
    FolderSource(FolderListing listed, List<String> shownNames) {
        this.shownNames = shownNames.stream().map(FileName::shown).toList();
        this.root = listed.root();
        this.classNames = listed.classNames();
        this.starts = listed.starts();
        this.names = listed.names();
        this.findings = listed.findings().with(Contents.of(names.size(), this::file));
    }

    @Override
    public long size() {
        return names.size();
    }

    @Override
    public int label(long index) {
        if (classNames.isEmpty())
            return -1;
        final int at = Arrays.binarySearch(starts, (int) index);
        int label = at >= 0 ? at : -at - 2;
        while (label < classNames.size() - 1 && starts[label + 1] <= index)
            label++; // past classes without a sample
        return label;
    }

    @Override
    public long fetched(long index) {
        return Places.isPlace(root) ? Math.max(1, Math.min(names.bytes((int) index), Sample.MAX_ENCODED_BYTES)) : 0;
    }

    @Override
    public Sample read(long index) throws IOException {
        final int label = label(index);
        final String below = below((int) index);
        final Path file = file((int) index);
        if (!Places.isPlace(file) && Files.size(file) > Sample.MAX_ENCODED_BYTES)
            throw tooLarge(Files.size(file));
        final byte[] bytes = Places.isPlace(file) ? fetched(file) : Files.readAllBytes(file);
        return Sample.encoded(index, FileName.shown(root + "/" + below), label, bytes);
    }

    /** Reads in one request, whose answer tells the size. */
    private static byte[] fetched(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            final byte[] bytes = in.readNBytes(Sample.MAX_ENCODED_BYTES + 1);
            if (bytes.length > Sample.MAX_ENCODED_BYTES)
                throw tooLarge(Files.size(file));
            return bytes;
        }
    }

    private static IOException tooLarge(long bytes) {
        return new IOException(bytes + " bytes: more than " + Sample.MAX_ENCODED_BYTES + " are not read");
    }

    /** The path of a sample below the root. */
    private String below(int index) {
        final int label = label(index);
        return label < 0 ? names.get(index) : classNames.get(label) + "/" + names.get(index);
    }

    private Path file(int index) {
        return FileName.below(root, below(index));
    }

    @Override
    public List<String> classNames() {
        return shownNames;
    }

    @Override
    public Optional<String> changedSince(Instant time) {
        return Changes.since(time, names.size(), this::file);
    }

    @Override
    public Findings findings() {
        return findings;
    }
}
