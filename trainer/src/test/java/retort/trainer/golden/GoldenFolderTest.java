package retort.trainer.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Proves that the tests do not pass for lack of sets if {@code golden.dir} names a wrong folder. */
class GoldenFolderTest {
    private static final Set<String> HERE = Set.of("weights", "head_weights", "distill_forward", "distill_train",
            "posembed_sincos", "posembed_interp", "lr_schedule", "layer_decay", "len_keep", "finetune_load_map", "finetune",
            "checkpoint", "checkpoint_refuse");
    private static final Set<String> ELSEWHERE = Set.of("preprocess", "rrc_stats", "knn", "linprobe");

    @Test
    void holdsSetsAndOnlyKindsThatAreChecked() {
        final List<GoldenSet> all = GoldenSet.all();
        assertThat(all).as("sets in the golden folder").isNotEmpty();
        assertThat(all).extracting(GoldenSet::name).doesNotHaveDuplicates();
        assertThat(all).as("sets of no known kind").allMatch(set -> HERE.contains(set.kind()) || ELSEWHERE.contains(set.kind()));
        all.stream().filter(set -> ELSEWHERE.contains(set.kind())).forEach(set -> System.out
                .printf("golden %-20s %-28s is checked by ingest or evaluator%n", set.kind(), set.name()));
    }
}
