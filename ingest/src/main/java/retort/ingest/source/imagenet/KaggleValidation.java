package retort.ingest.source.imagenet;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import retort.ingest.source.Changes;
import retort.ingest.source.Contents;
import retort.ingest.source.FileName;
import retort.ingest.source.Findings;
import retort.ingest.source.ImageNames;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Listing;
import retort.ingest.source.PassedOver;
import retort.ingest.source.Sample;

/** The flat folder of validation images, in the order of their names, with the classes that the solution gives them. Any thread. */
final class KaggleValidation implements IndexedSource {
    private static final String ENDING = ".JPEG";

    private final Path folder;
    private final List<String> ids;
    private final int[] labels;
    private final List<String> classNames;
    private final Findings findings;

    /** @param solution class index by image id */
    KaggleValidation(Path folder, NavigableMap<String, Integer> solution, List<String> classNames) throws IOException {
        this.folder = folder;
        this.ids = List.copyOf(solution.keySet());
        this.labels = solution.values().stream().mapToInt(Integer::intValue).toArray();
        this.classNames = classNames;
        final Listing listed = new Listing();
        for (int i = 0; i < labels.length; i++)
            listed.add(ids.get(i), size(i)).add("", labels[i]);
        this.findings = Findings.of(listed, passedOver(), List.of()).with(Contents.of(ids.size(), this::file));
    }

    @Override
    public long size() {
        return labels.length;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public int label(long index) {
        return labels[(int) index];
    }

    @Override
    public Optional<String> changedSince(Instant time) {
        return Changes.since(time, ids.size(), this::file);
    }

    @Override
    public Findings findings() {
        return findings;
    }

    @Override
    public Sample read(long index) throws IOException {
        final Path file = file((int) index);
        if (!Files.isRegularFile(file))
            throw new IOException(file + " is not there, though LOC_val_solution.csv names it");
        if (Files.size(file) > Sample.MAX_ENCODED_BYTES)
            throw new IOException(file + " has " + Files.size(file) + " bytes, more than " + Sample.MAX_ENCODED_BYTES);
        return Sample.encoded(index, file.toString(), label(index), Files.readAllBytes(file));
    }

    /** Counts the files of the folder that are none of its samples. */
    private PassedOver passedOver() throws IOException {
        final Set<String> known = Set.copyOf(ids);
        final PassedOver passedOver = new PassedOver();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (final Path entry : entries) {
                final String name = FileName.of(entry);
                if (!name.endsWith(ENDING) || !known.contains(name.substring(0, name.length() - ENDING.length())))
                    passedOver.add(ImageNames.reason(name).orElse("image that LOC_val_solution.csv does not name"));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return passedOver;
    }

    private Path file(int index) {
        return folder.resolve(ids.get(index) + ENDING);
    }

    /** -1 where the file is not there: the sample is rejected when it is read. */
    private long size(int index) throws IOException {
        return Files.isRegularFile(file(index)) ? Files.size(file(index)) : -1;
    }
}
