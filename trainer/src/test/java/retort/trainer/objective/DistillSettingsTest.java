package retort.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import retort.settings.Settings;
import retort.trainer.model.VitShape;
import retort.trainer.settings.TrainerSettings;

class DistillSettingsTest {
    private static final VitShape STUDENT = new VitShape(224, 16, 3, 768, 12, 12);
    private static final VitShape TEACHER = new VitShape(224, 16, 3, 1024, 24, 16);

    /** The paper's: block 8 of 12 and block 17 of 24, counted from 0. */
    @Test
    void featuresAreComparedAtThreeQuartersOfBothDepths() {
        assertThat(distill("").with(STUDENT, TEACHER).pairs()).containsExactly(new AlignedPair(8, 17));
        assertThat(distill("student-blocks = [2, 11], teacher-blocks = [3, 23]").with(STUDENT, TEACHER).pairs())
                .containsExactly(new AlignedPair(2, 3), new AlignedPair(11, 23));
        assertThat(distill("").with(new VitShape(224, 16, 3, 16, 1, 1), TEACHER).pairs()).containsExactly(new AlignedPair(0, 17));
    }

    @Test
    void withoutReconstructionThereIsNoDecoder() {
        final Distill lean = distill("reconstruction-weight = 0").with(STUDENT, TEACHER);
        assertThat(lean.reconstruction()).isEmpty();
        assertThat(lean.parameters(STUDENT)).extracting(retort.trainer.model.Parameter::name)
                .noneMatch(name -> name.startsWith("decoder_") || name.equals("mask_token"));
        assertThat(lean.lossParts()).isEqualTo(List.of("total", "", "distillation"));
        assertThat(distill("").with(STUDENT, TEACHER).parameters(STUDENT)).extracting(retort.trainer.model.Parameter::name)
                .contains("mask_token").anyMatch(name -> name.startsWith("decoder_"));
    }

    @Test
    void theTeacherSeesTheStudentsPatchesUnlessItIsToldOtherwise() {
        assertThat(distill("mask-ratio = 0.75").with(STUDENT, TEACHER).teacherVisible()).isEqualTo(49);
        assertThat(distill("mask-ratio = 0.75, teacher-visible-patches = 98").with(STUDENT, TEACHER).teacherVisible())
                .isEqualTo(98);
    }

    private static Distill.Settings distill(String keys) {
        return (Distill.Settings) TrainerSettings
                .from(Settings.over(ConfigFactory.parseString(
                        "trainer.runs = [{name = a, objective = distill, teacher = \"run:t\""
                                + (keys.isEmpty() ? "" : ", " + keys) + "}]")))
                .runs().getFirst().objective();
    }
}
