package retort.ingest.source.imagenet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import retort.ingest.source.Findings;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Listing;
import retort.ingest.source.Sample;

/** The flat folder of validation images, in the order of their names, with the classes that the solution gives them. Any thread. */
final class KaggleValidation implements IndexedSource {
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
        this.findings = Findings.of(listed);
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

    private Path file(int index) {
        return folder.resolve(ids.get(index) + ".JPEG");
    }

    /** -1 where the file is not there: the sample is rejected when it is read. */
    private long size(int index) throws IOException {
        return Files.isRegularFile(file(index)) ? Files.size(file(index)) : -1;
    }
}
