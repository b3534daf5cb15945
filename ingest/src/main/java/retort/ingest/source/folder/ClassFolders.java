package retort.ingest.source.folder;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.StreamSupport;

/** The folders in a folder, in the order of their class index. */
final class ClassFolders {
    private ClassFolders() {
    }

    /** Names of the folders in {@code root}, hidden ones left out, sorted; as numbers where all of them are. */
    static List<String> of(Path root) throws IOException {
        final List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            StreamSupport.stream(entries.spliterator(), false).filter(Files::isDirectory)
                    .map(entry -> String.valueOf(entry.getFileName())).filter(name -> !name.startsWith(".")).forEach(names::add);
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        names.sort(order(names));
        return names;
    }

    /** By value where every name is a number, by characters elsewhere: rank in this order is the class index. */
    static Comparator<String> order(List<String> names) {
        final Comparator<String> byCharacters = Comparator.naturalOrder();
        final Comparator<String> byNumber = Comparator.comparingLong(Long::parseLong);
        return names.stream().allMatch(name -> name.matches("[0-9]{1,18}")) ? byNumber.thenComparing(byCharacters) : byCharacters;
    }
}
