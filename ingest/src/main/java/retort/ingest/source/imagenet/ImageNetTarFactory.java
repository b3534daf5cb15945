package retort.ingest.source.imagenet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;

/** Opens {@code imagenet-tar:DIR}: the archives of ILSVRC2012 as they are offered for download, never unpacked. */
public final class ImageNetTarFactory implements DataSourceFactory {
    @Override
    public String scheme() {
        return "imagenet-tar";
    }

    @Override
    public String usage() {
        return "imagenet-tar:DIR[?split=train|val&classes=FILE]  a folder with ILSVRC2012_img_train.tar, or ILSVRC2012_img_val.tar and "
                + Devkit.NAME;
    }

    @Override
    public DataSource open(String given, SourceContext context) throws SourceException {
        final SourceLocation location = SourceLocation.parse(scheme(), given, Set.of("split", "classes"));
        final String split = location.oneOf("split", Set.of("train", "val"), "train");
        final Path directory = location.directory();
        final Path archive = directory.resolve("ILSVRC2012_img_" + split + ".tar");
        if (!Files.isRegularFile(archive))
            throw new SourceException(location + ": there is no " + archive + ": put it there, or choose another split");
        try {
            if (split.equals("train"))
                return TrainArchive.open(archive, location);
            final Devkit devkit = Devkit.read(directory);
            return ValidationArchive.open(archive, devkit.ordered(devkit.synsets().ordered(location)));
        } catch (IOException e) {
            throw new SourceException(location + ": " + e.getMessage() + "; fetch it again", e);
        }
    }
}
