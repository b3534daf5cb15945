package retort.ingest.source.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sample;
import retort.ingest.source.SourceException;

/**
 * A folder with one folder of image files a class; without any, its own images, unlabelled. Listed when it is opened, in class order;
 * a class index is the rank of its folder's name. Immutable.
 */
final class FolderSource implements IndexedSource {
    private final Path root;
    private final List<String> classNames;
    /** First sample of each class, and one past the last of all. */
    private final int[] starts;
    private final FileNames names;

    private FolderSource(Path root, List<String> classNames, int[] starts, FileNames names) {
        this.root = root;
        this.classNames = classNames;
        this.starts = starts;
        this.names = names;
    }

    static FolderSource open(Path root) throws IOException, SourceException {
        final List<String> classes = ClassFolders.of(root);
        final FileNames names = new FileNames();
        final int[] starts = new int[classes.size() + 1];
        for (int i = 0; i < classes.size(); i++) {
            ImageFiles.below(root.resolve(classes.get(i))).forEach(names::add);
            starts[i + 1] = names.size();
        }
        if (classes.isEmpty())
            ImageFiles.below(root).forEach(names::add);
        if (names.size() == 0)
            throw new SourceException("folder:" + root + " holds no image: expected one folder a class, with image files in it");
        return new FolderSource(root, classes, starts, names);
    }

    @Override
    public long size() {
        return names.size();
    }

    @Override
    public int label(long index) {
        final int at = Arrays.binarySearch(starts, (int) index);
        int label = at >= 0 ? at : -at - 2;
        while (label >= 0 && label < classNames.size() && starts[label + 1] <= index)
            label++; // past classes without a sample
        return classNames.isEmpty() ? -1 : label;
    }

    @Override
    public Sample read(long index) throws IOException {
        final int label = label(index);
        final Path folder = label < 0 ? root : root.resolve(classNames.get(label));
        final Path file = folder.resolve(names.get(Math.toIntExact(index)));
        if (Files.size(file) > Sample.MAX_ENCODED_BYTES)
            throw new IOException(Files.size(file) + " bytes: more than " + Sample.MAX_ENCODED_BYTES + " are not read");
        return Sample.encoded(index, file.toString(), label, Files.readAllBytes(file));
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }
}
