package retort.ingest.source.cifar;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.ClassNames;
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

/** Images of 32x32 pixels in the binary version or the Python version. A file holds three planes (channels, height, width); a sample
 * holds (height, width, channels). Labels are read when the source is opened. Any thread. */
final class CifarSource implements IndexedSource {
    private final List<CifarFile> files;
    private final Parts parts;
    private final ClassLabels classes;
    private final Findings findings;

    private CifarSource(List<CifarFile> files, ClassLabels classes, Findings findings) {
        this.files = files;
        this.parts = new Parts(files.stream().mapToLong(file -> file.labels().length).toArray());
        this.classes = classes;
        this.findings = findings;
    }

    static CifarSource open(String scheme, String uri, CifarLayout layout, SourceContext context) throws SourceException {
        final SourceLocation location = SourceLocation.parse(scheme, uri, Set.of("split", "classes"), context);
        final Path given = location.directory();
        final Path unpacked = given.resolve(layout.folders().getFirst());
        final Path directory = Files.isDirectory(unpacked) ? unpacked : given;
        final boolean python = !Files.exists(directory.resolve(layout.classNames())) && layout.isPython(directory);
        final Path folder = python ? layout.pythonFolder(directory) : directory;
        final String split = location.oneOf("split", Set.of("train", "test"), "train");
        try {
            final ClassLabels classes = classes(location, folder, layout, python);
            final Listing listing = new Listing();
            final List<CifarFile> files = new ArrayList<>();
            for (final String name : layout.files(split)) {
                final CifarFile file = python
                        ? CifarFile.python(folder.resolve(CifarLayout.pythonName(name)), layout.pythonLabels(), listing)
                        : CifarFile.binary(folder.resolve(name), layout.labelBytes(), listing);
                requireClasses(location, file, classes);
                files.add(file);
            }
            return new CifarSource(files, classes, Findings.of(listing));
        } catch (IOException e) {
            throw new SourceException(location + ": " + e.getMessage(), e);
        }
    }

    private static ClassLabels classes(SourceLocation location, Path folder, CifarLayout layout, boolean python)
            throws SourceException, IOException {
        final Optional<List<String>> listed = ClassNames.given(location);
        final Path names = folder.resolve(python ? layout.pythonMeta() : layout.classNames());
        final List<String> own;
        if (listed.isPresent() && !Files.exists(names))
            own = List.of();
        else
            own = python ? CifarFile.classNames(names, layout.pythonClassNames()) : ClassNames.fromFile(names);
        return ClassLabels.listed(listed.orElse(own), own);
    }

    private static void requireClasses(SourceLocation location, CifarFile file, ClassLabels classes) throws SourceException {
        for (int i = 0; i < file.labels().length; i++) {
            final int label = Byte.toUnsignedInt(file.labels()[i]);
            if (classes.problem(new Label.Index(label)).isPresent())
                throw new SourceException(location + ": record " + i + " of " + file.path().getFileName() + " has label " + label
                        + ", and there are names of " + classes.names().size() + " classes");
        }
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
        final int part = parts.part(index);
        return classes.index(
                new Label.Index(Byte.toUnsignedInt(files.get(part).labels()[(int) (index - parts.start(part))])));
    }

    @Override
    public long fetched(long index) {
        return Places.isPlace(files.getFirst().path()) ? CifarFile.IMAGE : 0;
    }

    @Override
    public Sample read(long index) throws IOException {
        final int part = parts.part(index);
        final long number = index - parts.start(part);
        final CifarFile file = files.get(part);
        return new Sample(index, file.path().getFileName() + "#" + number, label(index),
                new Sample.Pixels(interleaved(file.planes(number)), 0, CifarFile.SIDE, CifarFile.SIDE, CifarFile.CHANNELS));
    }

    private static byte[] interleaved(byte[] planes) {
        final byte[] pixels = new byte[planes.length];
        for (int pixel = 0, at = 0; pixel < CifarFile.PLANE; pixel++)
            for (int channel = 0; channel < CifarFile.CHANNELS; channel++)
                pixels[at++] = planes[channel * CifarFile.PLANE + pixel];
        return pixels;
    }
}
