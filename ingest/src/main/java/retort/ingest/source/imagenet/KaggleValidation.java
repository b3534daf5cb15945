package retort.ingest.source.imagenet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sample;

/** The flat folder of validation images, in the order of their names, with the classes that the solution gives them. Any thread. */
final class KaggleValidation implements IndexedSource {
    private final Path folder;
    private final List<String> ids;
    private final int[] labels;
    private final List<String> classNames;

    /** @param solution class index by image id */
    KaggleValidation(Path folder, NavigableMap<String, Integer> solution, List<String> classNames) {
        this.folder = folder;
        this.ids = List.copyOf(solution.keySet());
        this.labels = solution.values().stream().mapToInt(Integer::intValue).toArray();
        this.classNames = classNames;
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
    public Sample read(long index) throws IOException {
        final Path file = folder.resolve(ids.get((int) index) + ".JPEG");
        if (!Files.isRegularFile(file))
            throw new IOException(file + " is not there, though LOC_val_solution.csv names it");
        if (Files.size(file) > Sample.MAX_ENCODED_BYTES)
            throw new IOException(file + " has " + Files.size(file) + " bytes, more than " + Sample.MAX_ENCODED_BYTES);
        return Sample.encoded(index, file.toString(), label(index), Files.readAllBytes(file));
    }
}
