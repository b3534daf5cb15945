package retort.ingest.source;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folders in a folder that may be classes. */
public final class ClassFolders {
    private ClassFolders() {
    }

    /**
     * Names of the folders in {@code root} in the order {@link ClassNames#ORDER}. Hidden folders and those that an operating system
     * left are passed over.
     *
     * @throws IOException if {@code root} cannot be listed
     */
    public static List<String> in(Path root, PassedOver passedOver) throws IOException {
        final List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, Files::isDirectory)) {
            for (final Path entry : entries) {
                final String name = FileName.of(entry);
                if (leadsBack(entry, root))
                    passedOver.add(ImageNames.LEADS_BACK);
                else if (ImageNames.isForeign(name))
                    passedOver.add(ImageNames.FOREIGN_FOLDER);
                else
                    names.add(name);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        names.sort(ClassNames.ORDER);
        return names;
    }

    /** True if {@code folder} is a link to {@code root} or to a folder that holds it: reading it would read every class again. */
    public static boolean leadsBack(Path folder, Path root) throws IOException {
        return Files.isSymbolicLink(folder) && root.toRealPath().startsWith(folder.toRealPath());
    }
}
