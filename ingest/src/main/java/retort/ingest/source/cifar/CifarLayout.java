package retort.ingest.source.cifar;

import java.util.List;

/**
 * How one of the two sets lies on disk.
 *
 * @param train files of the train split, in order
 * @param test files of the test split
 * @param labelBytes bytes before the pixels, the last of which is the class index
 * @param classNames the file that names the classes
 */
record CifarLayout(List<String> train, List<String> test, int labelBytes, String classNames) {
    static final CifarLayout CIFAR_10 = new CifarLayout(List.of("data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
            "data_batch_4.bin", "data_batch_5.bin"), List.of("test_batch.bin"), 1, "batches.meta.txt");

    /** A coarse label, which is passed over, and a fine one. */
    static final CifarLayout CIFAR_100 = new CifarLayout(List.of("train.bin"), List.of("test.bin"), 2, "fine_label_names.txt");

    List<String> files(String split) {
        return split.equals("train") ? train : test;
    }
}
