package retort.ingest.source.folder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import retort.ingest.source.ClassFolders;
import retort.ingest.source.ClassNames;
import retort.ingest.source.FileName;
import retort.ingest.source.Findings;
import retort.ingest.source.Listing;
import retort.ingest.source.PassedOver;
import retort.ingest.source.SourceException;

/**
 * The classes and files of a folder, in canonical order. A folder becomes a class when it holds an image; the index of a class is its rank in
 * {@link retort.ingest.source.ClassNames#ORDER}, or its line in a given list. torchvision's {@code ImageFolder} stops at a folder
 * without an image; here such a folder takes no index, and a remark names it.
 *
 * @param classNames names of the classes as on disk; empty if the images are not in folders
 * @param starts the first sample of each class, and one past the last sample of all
 * @param names names of the files, below their class folder
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record FolderListing(Path root, List<String> classNames, int[] starts, FileNames names, Findings findings) {
    private static final int SHOWN = 10;

    /** The files of one class folder. */
    private record Folder(FileNames names, String digest, PassedOver passedOver) {
        static Folder of(List<ImageFiles.Found> files, PassedOver passedOver) {
            final FileNames names = new FileNames();
            final Listing listing = new Listing();
            for (final ImageFiles.Found file : files) {
                names.add(file.path(), file.size());
                listing.add(file.version() == 0 ? file.path() : file.path() + "@" + Long.toHexString(file.version()),
                        file.size());
            }
            return new Folder(names, listing.hex(), passedOver);
        }
    }

    /**
     * @param given names of all classes in the order of their index, where a list says so
     * @throws SourceException if there is no image, or no folder of the list
     */
    static FolderListing of(Path root, Optional<List<String>> given) throws IOException, SourceException {
        final PassedOver passedOver = new PassedOver();
        final Map<String, Folder> folders = new HashMap<>();
        final List<String> withImages = new ArrayList<>();
        final List<String> without = new ArrayList<>();
        for (final String name : ClassFolders.in(root, passedOver)) {
            final PassedOver inside = new PassedOver();
            final Folder folder = Folder.of(ImageFiles.below(FileName.below(root, name), inside), inside);
            folders.put(name, folder);
            (folder.names().size() == 0 ? without : withImages).add(name);
            passedOver.addAll(inside);
        }
        final PassedOver beside = new PassedOver();
        final Folder flat = Folder.of(ImageFiles.in(root, beside), beside);
        passedOver.addAll(beside);
        final List<String> remarks = new ArrayList<>();
        if (!without.isEmpty()) {
            passedOver.add("folder without an image", without.size());
            remarks.add("no class index for folders without an image: " + some(without));
        }
        if (given.isPresent())
            return listed(root, given.get(), folders, flat, passedOver, remarks);
        if (withImages.isEmpty() && flat.names().size() == 0)
            throw new SourceException("folder:" + root + " holds no image: expected one folder a class, with image files in it"
                    + passedOver.clause());
        if (withImages.isEmpty())
            return new FolderListing(root, List.of(), new int[1], flat.names(),
                    new Findings(Optional.of(flat.digest()), Optional.empty(), passedOver, remarks));
        passedOver.add("image outside a class folder", flat.names().size());
        ClassNames.lookalikes(withImages).ifPresent(remarks::add);
        return of(root, withImages, folders, passedOver, remarks);
    }

    private static FolderListing listed(Path root, List<String> given, Map<String, Folder> folders, Folder flat,
            PassedOver passedOver, List<String> remarks) throws SourceException {
        final Set<String> known = given.stream().map(ClassNames::form).collect(Collectors.toSet());
        if (known.size() < given.size())
            throw new SourceException("folder:" + root + ": the list of classes names a class twice: each folder is one class");
        final Map<String, String> byForm = new HashMap<>();
        for (final Map.Entry<String, Folder> folder : folders.entrySet())
            if (!known.contains(ClassNames.form(folder.getKey())))
                passedOver.add("image in a folder that the list of classes does not name", folder.getValue().names().size());
            else if (byForm.put(ClassNames.form(folder.getKey()), folder.getKey()) != null)
                throw new SourceException("folder:" + root + ": two folders have the name " + folder.getKey()
                        + " of the list, in two forms of Unicode: put their images into one");
        passedOver.add("image outside a class folder", flat.names().size());
        final List<String> absent = given.stream().filter(name -> !byForm.containsKey(ClassNames.form(name))).toList();
        if (!absent.isEmpty())
            remarks.add("no folder for classes of the list: " + some(absent));
        final FolderListing listing = of(root,
                given.stream().map(name -> byForm.getOrDefault(ClassNames.form(name), name)).toList(), folders, passedOver,
                remarks);
        if (listing.names().size() == 0)
            throw new SourceException("folder:" + root + " holds no image of the " + given.size()
                    + " classes that the list names: name the class folders, one a line" + passedOver.clause());
        return listing;
    }

    private static FolderListing of(Path root, List<String> classNames, Map<String, Folder> folders, PassedOver passedOver,
            List<String> remarks) {
        final FileNames names = new FileNames();
        final Listing listing = new Listing();
        final int[] starts = new int[classNames.size() + 1];
        for (int i = 0; i < classNames.size(); i++) {
            final Folder folder = folders.get(classNames.get(i));
            if (folder != null) {
                names.addAll(folder.names());
                listing.add(classNames.get(i) + "=" + folder.digest(), folder.names().size());
            }
            starts[i + 1] = names.size();
        }
        return new FolderListing(root, List.copyOf(classNames), starts, names, Findings.of(listing, passedOver, remarks));
    }

    private static String some(List<String> names) {
        return String.join(", ", names.stream().limit(SHOWN).map(FileName::shown).toList())
                + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "");
    }
}
