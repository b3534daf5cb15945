package retort.evaluator.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import retort.evaluator.knn.FeatureBlock;

class FeatureStoreTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"1000000, false", "24, false", "23, true", "8, true", "0, true"})
    void rowsAreTheSameOnTheHeapAndInAFileThatIsDeleted(long budget, boolean inFile) {
        try (FeatureStore store = new FeatureStore(budget, folder)) {
            store.add(new FeatureBlock(new float[]{1, 2, 9, 9, 3, 4}, 2, new int[]{7, -1, 5}));
            store.add(new FeatureBlock(new float[]{5, -6.5f}, 2, new int[]{0}));

            assertThat(store.count()).isEqualTo(3);
            assertThat(store.isInFile()).isEqualTo(inFile);
            final FeatureBlock rows = store.rows(new int[]{2, 0, 2, 1});
            assertThat(rows.rows()).containsExactly(5, -6.5f, 1, 2, 5, -6.5f, 3, 4);
            assertThat(rows.labels()).containsExactly(0, 7, 0, 5);
            assertThat(folder.toFile().list()).hasSize(inFile ? 1 : 0);
        }
        assertThat(folder.toFile().list()).isEmpty();
    }

    @Test
    void aFolderThatIsNotThereAndAnotherWidthAreNamed() {
        try (FeatureStore store = new FeatureStore(4, folder.resolve("missing"))) {
            assertThatThrownBy(() -> store.add(new FeatureBlock(new float[]{1, 2}, 2, new int[]{0})))
                    .isInstanceOf(UncheckedIOException.class).hasMessageContaining("missing");
        }
        try (FeatureStore store = new FeatureStore(100, folder)) {
            store.add(new FeatureBlock(new float[]{1, 2}, 2, new int[]{0}));
            assertThatThrownBy(() -> store.add(new FeatureBlock(new float[]{1}, 1, new int[]{0}))).hasMessageContaining("1 wide");
        }
    }
}
