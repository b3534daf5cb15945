package retort.ingest.source.folder;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import retort.ingest.source.ClassFolders;
import retort.ingest.source.FileName;
import retort.ingest.source.ImageNames;
import retort.ingest.source.PassedOver;
import retort.place.Places;

/** Collects the image files below a folder. The name of a file tells that it is an image. */
final class ImageFiles extends SimpleFileVisitor<Path> {
    /** The order of torchvision's {@code make_dataset}: folder by folder, and each folder's files by name. */
    private static final Comparator<Found> ORDER = Comparator.comparing(Found::folder, FileName.ORDER)
            .thenComparing(Found::name, FileName.ORDER);

    /**
     * One image file.
     *
     * @param folder below the folder that was searched, with {@code /} between names; empty for that folder itself
     * @param name the last name
     * @param size bytes
     * @param version a number that changes with the content of an object in a store; 0 on a disk
     */
    record Found(String folder, String name, long size, long version) {
        String path() {
            return folder.isEmpty() ? name : folder + "/" + name;
        }
    }

    private final Path root;
    private final int depth;
    private final PassedOver passedOver;
    private final Deque<String> folders = new ArrayDeque<>();
    private final List<Found> found = new ArrayList<>();

    private ImageFiles(Path root, int depth, PassedOver passedOver) {
        this.root = root;
        this.depth = depth;
        this.passedOver = passedOver;
    }

    /**
     * The images below {@code folder} in the order of torchvision. Links are followed, except into a folder that holds them. A link to
     * nothing is listed if its name is an image's, so that the sample is rejected by name when it is read.
     *
     * @throws IOException if a folder cannot be listed: leaving it out would move every other sample
     */
    static List<Found> below(Path folder, PassedOver passedOver) throws IOException {
        return walk(folder, Integer.MAX_VALUE, passedOver);
    }

    /** The images in {@code folder} itself. */
    static List<Found> in(Path folder, PassedOver passedOver) throws IOException {
        return walk(folder, 1, passedOver);
    }

    private static List<Found> walk(Path folder, int depth, PassedOver passedOver) throws IOException {
        final ImageFiles files = new ImageFiles(folder, depth, passedOver);
        Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), depth, files);
        files.found.sort(ORDER);
        return files.found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
        if (directory.equals(root)) {
            folders.push("");
            return FileVisitResult.CONTINUE;
        }
        final String name = FileName.of(directory);
        if (name.isEmpty()) {
            passedOver.add("folder without a name, as in a key with //");
            return FileVisitResult.SKIP_SUBTREE;
        }
        if (ImageNames.isForeign(name)) {
            passedOver.add(ImageNames.FOREIGN_FOLDER);
            return FileVisitResult.SKIP_SUBTREE;
        }
        if (ClassFolders.leadsBack(directory, root)) {
            passedOver.add(ImageNames.LEADS_BACK);
            return FileVisitResult.SKIP_SUBTREE;
        }
        folders.push(folders.element().isEmpty() ? name : folders.element() + "/" + name);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException reason) throws IOException {
        if (reason != null)
            throw reason;
        folders.pop();
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        if (depth == 1 && attributes.isDirectory())
            return FileVisitResult.CONTINUE; // the walk visits the folders of its last level as files
        final String name = FileName.of(file);
        final Optional<String> reason = attributes.isRegularFile() || attributes.isSymbolicLink() // an unfollowed link leads nowhere
                ? ImageNames.reason(name)
                : Optional.of("neither a file nor a folder");
        if (reason.isPresent())
            passedOver.add(reason.get());
        else
            found.add(new Found(folders.element(), name, attributes.size(), Places.version(attributes)));
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException reason) throws IOException {
        if (ImageNames.isForeign(FileName.of(file))) { // such as lost+found, which only root may list
            passedOver.add(ImageNames.FOREIGN_FOLDER);
            return FileVisitResult.CONTINUE;
        }
        if (!(reason instanceof FileSystemLoopException))
            throw reason;
        passedOver.add(ImageNames.LEADS_BACK);
        return FileVisitResult.CONTINUE;
    }
}
