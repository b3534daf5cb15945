package retort.ingest.source.imagenet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import retort.ingest.source.ClassFolders;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.PassedOver;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;
import retort.ingest.source.folder.FolderSourceFactory;

/** Opens {@code kaggle:DIR}: the folders of Kaggle's ImageNet competition. */
public final class KaggleFactory implements DataSourceFactory {
    @Override
    public String scheme() {
        return "kaggle";
    }

    @Override
    public String usage() {
        return "kaggle:DIR[?split=train|val&classes=FILE]  a folder with ILSVRC/Data/CLS-LOC, LOC_synset_mapping.txt and LOC_val_solution.csv";
    }

    @Override
    public DataSource open(String given, SourceContext context) throws SourceException {
        final SourceLocation location = SourceLocation.parse(scheme(), given, Set.of("split", "classes"));
        final String split = location.oneOf("split", Set.of("train", "val"), "train");
        final Path directory = location.directory();
        final Path images = directory.resolve("ILSVRC/Data/CLS-LOC").resolve(split);
        if (!Files.isDirectory(images))
            throw new SourceException(location + ": there is no folder " + images + ": give the folder that holds ILSVRC");
        try {
            final Synsets synsets = KaggleTables.synsets(directory.resolve("LOC_synset_mapping.txt")).ordered(location);
            return split.equals("train")
                    ? train(location, images, synsets)
                    : new KaggleValidation(images, KaggleTables.validation(directory.resolve("LOC_val_solution.csv"), synsets),
                            synsets.names());
        } catch (NoSuchFileException e) {
            throw new SourceException(location + ": there is no " + e.getFile() + ", which says what the classes are", e);
        } catch (IOException e) {
            throw new SourceException(location + ": " + e.getMessage(), e);
        }
    }

    /** One folder a synset. A folder that is no synset would take the class index of another, so it is refused. */
    private static DataSource train(SourceLocation location, Path images, Synsets synsets) throws IOException, SourceException {
        final List<String> folders = ClassFolders.in(images, new PassedOver());
        if (!Set.copyOf(folders).equals(Set.copyOf(synsets.names())))
            throw new SourceException(location + ": " + images + " has " + folders.size() + " folders, which are not the "
                    + synsets.names().size()
                    + " synsets of LOC_synset_mapping.txt: correct the list, or read them with folder:" + images);
        return FolderSourceFactory.open(images, Optional.of(synsets.names()));
    }
}
