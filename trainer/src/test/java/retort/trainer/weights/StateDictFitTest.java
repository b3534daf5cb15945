package retort.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import retort.trainer.golden.GoldenSet;

class StateDictFitTest {
    private static final Map<String, HostTensor> GIVEN = Map.of("norm.weight", HostTensor.ofFloats(new float[2], 2),
            "pos_embed", HostTensor.ofFloats(new float[6], 1, 3, 2), "decoder_norm.bias", HostTensor.ofFloats(new float[1], 1),
            "decoder_pred.bias", HostTensor.ofFloats(new float[1], 1));
    private static final Map<String, long[]> PLACES = Map.of("norm.weight", new long[]{2}, "pos_embed", new long[]{1, 5, 2},
            "head.bias", new long[]{10});

    @Test
    void refusesEveryDifferenceByName() {
        assertThatThrownBy(() -> StateDictFit.of(GIVEN, PLACES).orRefuse("mae.pth", "the teacher", "teacher.allow"))
                .isInstanceOf(WeightsException.class).hasMessage("weights from mae.pth do not fit the teacher: "
                        + "1 missing: head.bias; 2 unexpected: decoder_norm.bias, decoder_pred.bias; "
                        + "1 of another shape: pos_embed has shape [1, 3, 2], its place [1, 5, 2]. "
                        + "What may differ is named, or matched with *, in teacher.allow");
    }

    @Test
    void takesWhatFitsWhereTheRestIsAllowedByName() {
        assertThat(StateDictFit.of(GIVEN, PLACES).allowing(List.of("head.bias", "decoder_*", "pos_embed"))
                .orRefuse("mae.pth", "the teacher", "teacher.allow")).containsOnlyKeys("norm.weight");
    }

    @Test
    void allowsNoMoreThanWhatIsNamed() {
        assertThat(StateDictFit.of(GIVEN, PLACES).allowing(List.of("head.*", "decoder_norm*", "pos_embe")))
                .extracting(StateDictFit::missing, StateDictFit::unexpected, fit -> fit.misshapen().keySet())
                .containsExactly(Set.of(), Set.of("decoder_pred.bias"), Set.of("pos_embed"));
    }

    @TestFactory
    Stream<DynamicTest> tellsWhatAClassifierTakesFromADistilledCheckpoint() {
        return GoldenSet.ofKind("finetune_load_map").stream().map(set -> DynamicTest.dynamicTest(set.name(), () -> {
            final Map<String, HostTensor> checkpoint = WeightsFile.read(set.file(set.json().required("checkpoint").asText()));
            long compared = 0;
            for (final Map.Entry<String, JsonNode> variant : set.json().required("variants").properties()) {
                final StateDictFit fit = StateDictFit.of(checkpoint, classifier(checkpoint, variant.getKey()));
                assertThat(fit.missing()).containsExactlyElementsOf(texts(variant.getValue().required("missing")));
                assertThat(fit.unexpected()).containsExactlyElementsOf(texts(variant.getValue().required("unexpected")));
                assertThat(fit.misshapen()).isEmpty();
                compared += fit.missing().size() + fit.unexpected().size();
            }
            set.passed(compared, 0);
        }));
    }

    private static Map<String, long[]> classifier(Map<String, HostTensor> checkpoint, String variant) {
        final long width = checkpoint.get("cls_token").shape()[2];
        final Map<String, long[]> places = new HashMap<>();
        checkpoint.forEach((name, tensor) -> {
            if (name.matches("(cls_token|pos_embed|(patch_embed|blocks)\\..*)"))
                places.put(name, tensor.shape());
        });
        final String norm = variant.equals("global_pool") ? "fc_norm" : "norm";
        places.put(norm + ".weight", new long[]{width});
        places.put(norm + ".bias", new long[]{width});
        places.put("head.weight", new long[]{10, width});
        places.put("head.bias", new long[]{10});
        return places;
    }

    private static List<String> texts(JsonNode array) {
        final List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }
}
