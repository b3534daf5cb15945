package retort.ingest.source.cifar;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of one of the two sets.
 *
 * @param train files of the train split, in order
 * @param test files of the test split
 * @param labelBytes bytes before the pixels, the last of which is the class index
 * @param classNames the file that names the classes
 * @param folders names of the folder that the binary archive unpacks to, and the Python one
 * @param pythonMeta the file of the Python version that names the classes
 * @param pythonClassNames the key of the class names in it
 * @param pythonLabels the key of the labels in a file of images of the Python version
 */
record CifarLayout(List<String> train, List<String> test, int labelBytes, String classNames, List<String> folders,
        String pythonMeta, String pythonClassNames, String pythonLabels) {
    static final CifarLayout CIFAR_10 = new CifarLayout(List.of("data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
            "data_batch_4.bin", "data_batch_5.bin"), List.of("test_batch.bin"), 1, "batches.meta.txt",
            List.of("cifar-10-batches-bin", "cifar-10-batches-py"), "batches.meta", "label_names", "labels");

    /** A coarse label, which is passed over, and a fine one. */
    static final CifarLayout CIFAR_100 = new CifarLayout(List.of("train.bin"), List.of("test.bin"), 2, "fine_label_names.txt",
            List.of("cifar-100-binary", "cifar-100-python"), "meta", "fine_label_names", "fine_labels");

    /** True if the Python version of the set lies in {@code directory}, whose files have the same names without an ending. */
    boolean isPython(Path directory) {
        return Files.isDirectory(directory.resolve(folders.getLast()))
                || Files.isRegularFile(directory.resolve(pythonName(train.getFirst())))
                || Files.isRegularFile(directory.resolve(pythonName(test.getFirst())));
    }

    /** The folder of the Python version: the one that its archive unpacks to, or {@code directory} itself. */
    Path pythonFolder(Path directory) {
        final Path unpacked = directory.resolve(folders.getLast());
        return Files.isDirectory(unpacked) ? unpacked : directory;
    }

    /** The name of a file in the Python version. */
    static String pythonName(String file) {
        return file.replace(".bin", "");
    }

    List<String> files(String split) {
        return split.equals("train") ? train : test;
    }
}
