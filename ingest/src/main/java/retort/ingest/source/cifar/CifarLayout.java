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
 */
record CifarLayout(List<String> train, List<String> test, int labelBytes, String classNames, List<String> folders) {
    static final CifarLayout CIFAR_10 = new CifarLayout(List.of("data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
            "data_batch_4.bin", "data_batch_5.bin"), List.of("test_batch.bin"), 1, "batches.meta.txt",
            List.of("cifar-10-batches-bin", "cifar-10-batches-py"));

    /** A coarse label, which is passed over, and a fine one. */
    static final CifarLayout CIFAR_100 = new CifarLayout(List.of("train.bin"), List.of("test.bin"), 2, "fine_label_names.txt",
            List.of("cifar-100-binary", "cifar-100-python"));

    /** True if the Python version of the set lies in {@code directory}, whose files have the same names without an ending. */
    boolean isPython(Path directory) {
        return Files.isDirectory(directory.resolve(folders.getLast()))
                || Files.isRegularFile(directory.resolve(train.getFirst().replace(".bin", "")))
                || Files.isRegularFile(directory.resolve(test.getFirst().replace(".bin", "")));
    }

    List<String> files(String split) {
        return split.equals("train") ? train : test;
    }
}
