package retort.ingest.source.cifar;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.ClassNames;
import retort.ingest.source.FileSlice;
import retort.ingest.source.Findings;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Label;
import retort.ingest.source.Listing;
import retort.ingest.source.Parts;
import retort.ingest.source.Sample;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;
import retort.place.Places;

/** Records of 32x32 pixels in the binary version. A file holds three planes (channels, height, width); a sample holds (height, width,
 * channels). Labels are read when the source is opened. Any thread. */
final class CifarSource implements IndexedSource {
    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;
    private static final int CHANNELS = 3;

    private final List<Path> files;
    private final Parts parts;
    private final int labelBytes;
    private final byte[] labels;
    private final ClassLabels classes;
    private final Findings findings;

    private CifarSource(List<Path> files, Parts parts, int labelBytes, byte[] labels, ClassLabels classes,
            Findings findings) {
        this.files = files;
        this.parts = parts;
        this.labelBytes = labelBytes;
        this.labels = labels;
        this.classes = classes;
        this.findings = findings;
    }

    static CifarSource open(String scheme, String uri, CifarLayout layout, SourceContext context) throws SourceException {
        final SourceLocation location = SourceLocation.parse(scheme, uri, Set.of("split", "classes"), context);
        final Path given = location.directory();
        final Path unpacked = given.resolve(layout.folders().getFirst());
        final Path directory = Files.isDirectory(unpacked) ? unpacked : given;
        final Optional<List<String>> listed = ClassNames.given(location);
        if (!Files.exists(directory.resolve(layout.classNames())) && layout.isPython(directory))
            throw new SourceException(
                    location + ": this is the Python version of the set, whose pickles are not read: fetch the binary "
                            + "version (" + layout.folders().getFirst() + "), which holds the same images in the same order");
        final Path names = directory.resolve(layout.classNames());
        final List<String> own = listed.isPresent() && !Files.exists(names) ? List.of() : ClassNames.fromFile(names);
        final ClassLabels classes = ClassLabels.listed(listed.orElse(own), own);
        final List<Path> files = new ArrayList<>();
        for (final String name : layout.files(location.oneOf("split", Set.of("train", "test"), "train")))
            files.add(directory.resolve(name));
        try {
            final Parts parts = new Parts(sizes(files, layout));
            final Listing listing = new Listing();
            final byte[] labels = labels(files, layout, Math.toIntExact(parts.total()), listing);
            for (int i = 0; i < labels.length; i++)
                if (classes.problem(new Label.Index(Byte.toUnsignedInt(labels[i]))).isPresent())
                    throw new SourceException(location + ": record " + i + " has label " + Byte.toUnsignedInt(labels[i]) + ", "
                            + (listed.isPresent() ? "the list of classes" : layout.classNames()) + " names "
                            + classes.names().size()
                            + " classes");
            return new CifarSource(files, parts, layout.labelBytes(), labels, classes, Findings.of(listing));
        } catch (IOException e) {
            throw new SourceException(location + ": " + e.getMessage(), e);
        }
    }

    private static long[] sizes(List<Path> files, CifarLayout layout) throws IOException {
        final long[] sizes = new long[files.size()];
        final int record = layout.labelBytes() + CHANNELS * PLANE;
        for (int i = 0; i < sizes.length; i++) {
            if (!Files.isRegularFile(files.get(i)))
                throw new IOException("there is no " + files.get(i) + ": give the folder of the binary version");
            final long bytes = Files.size(files.get(i));
            if (bytes % record != 0)
                throw new IOException(files.get(i) + " is cut: " + bytes + " bytes are not a number of records of " + record);
            sizes[i] = bytes / record;
        }
        return sizes;
    }

    private static byte[] labels(List<Path> files, CifarLayout layout, int total, Listing listing) throws IOException {
        final byte[] labels = new byte[total];
        final byte[] record = new byte[layout.labelBytes() + CHANNELS * PLANE];
        int n = 0;
        for (final Path file : files)
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 18)) {
                while (n < total && in.readNBytes(record, 0, record.length) == record.length) {
                    labels[n++] = record[layout.labelBytes() - 1];
                    listing.add("", ByteBuffer.wrap(record)); // the content, because all sets have the same size
                }
            }
        return labels;
    }

    @Override
    public long size() {
        return parts.total();
    }

    @Override
    public List<String> classNames() {
        return classes.names();
    }

    @Override
    public Findings findings() {
        return findings;
    }

    @Override
    public int label(long index) {
        return classes.index(new Label.Index(Byte.toUnsignedInt(labels[(int) index])));
    }

    @Override
    public long fetched(long index) {
        return Places.isPlace(files.getFirst()) ? CHANNELS * PLANE : 0;
    }

    @Override
    public Sample read(long index) throws IOException {
        final int part = parts.part(index);
        final long number = index - parts.start(part);
        final byte[] planes = new byte[CHANNELS * PLANE];
        final long first = number * (labelBytes + planes.length) + labelBytes;
        try (InputStream in = FileSlice.open(files.get(part), first, first + planes.length)) {
            if (in.readNBytes(planes, 0, planes.length) < planes.length)
                throw new IOException(files.get(part) + " has changed since it was opened");
        }
        return new Sample(index, files.get(part).getFileName() + "#" + number, label(index),
                new Sample.Pixels(interleaved(planes), 0, SIDE, SIDE, CHANNELS));
    }

    private static byte[] interleaved(byte[] planes) {
        final byte[] pixels = new byte[planes.length];
        for (int pixel = 0, at = 0; pixel < PLANE; pixel++)
            for (int channel = 0; channel < CHANNELS; channel++)
                pixels[at++] = planes[channel * PLANE + pixel];
        return pixels;
    }
}
