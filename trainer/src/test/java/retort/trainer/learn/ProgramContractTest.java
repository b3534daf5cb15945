package retort.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Pooling;
import retort.trainer.model.Projection;
import retort.trainer.model.Script;
import retort.trainer.model.VitShape;
import retort.trainer.objective.Align;
import retort.trainer.objective.AlignedPair;
import retort.trainer.objective.Augmentation;
import retort.trainer.objective.Comparison;
import retort.trainer.objective.Decode;
import retort.trainer.objective.Distance;
import retort.trainer.objective.Distill;
import retort.trainer.objective.DropPath;
import retort.trainer.objective.Finetune;
import retort.trainer.objective.Mixing;
import retort.trainer.objective.Generator;
import retort.trainer.objective.Pretrain;
import retort.trainer.objective.Reconstruction;
import retort.trainer.objective.Relate;
import retort.trainer.objective.Relation;
import retort.trainer.objective.SecondTeacher;
import retort.trainer.objective.RelationDistance;
import retort.trainer.objective.Relations;
import retort.trainer.weights.HostTensor;

/** The objectives pass to the program exactly the values that the program declares, and the program declares no others. */
class ProgramContractTest {
    private static final VitShape VIT = new VitShape(16, 4, 3, 24, 3, 3);
    private static final String SOURCE = Script.bundled().source();
    private static final List<Objective> OBJECTIVES = List.of(
            new Pretrain(new Reconstruction(new DecoderShape(16, 1, 2), true), 4),
            new Distill(new Reconstruction(new DecoderShape(16, 1, 2), true), 4, VIT, new AlignedPair(1, 1)),
            new Distill(Optional.empty(), 4, 8, VIT, List.of(new AlignedPair(1, 1)), Projection.LINEAR,
                    new Comparison(Distance.L2, false), 0, 1, Optional.of(new Generator(2, 1))),
            new Relate(Optional.empty(), 4, VIT, List.of(new AlignedPair(1, 1)),
                    new Relations(List.of(Relation.QK), true, RelationDistance.SCORES_L2), 0, 1, new DropPath(0.1, true)),
            new Decode(4, new DecoderShape(16, 1, 2), VIT, new DecoderShape(24, 2, 2), 0, Projection.MLP,
                    new Comparison(Distance.L1, true)),
            new Align(4, Align.Masking.ATTENTION, VIT, List.of(1), Mixing.LAST, new Comparison(Distance.L1, true), 1,
                    Optional.of(new SecondTeacher(VIT, List.of(0), 1)), DropPath.NONE),
            new Finetune(3, Pooling.MEAN, 0.1, 0.1, Augmentation.STANDARD,
                    Optional.of(new Finetune.LogitTeacher(VIT, Pooling.MEAN, 1, 0.5))));
    /** Values that the head of the program declares and that an encoder or the engine passes. */
    private static final List<String> OF_OTHERS = List.of("training", "epsilon");
    private static final List<String> EVERY_STEP = List.of("student: Dict[str, Tensor]", "teacher: Dict[str, Tensor]",
            "stream: Dict[str, Tensor]", "parameters: List[Tensor]", "m: List[Tensor]", "v: List[Tensor]", "ends: List[int]",
            "rates: List[float]", "decays: List[float]", "update: float");

    @Test
    void everyAttributeThatIsPassedIsDeclaredWithItsTypeAndEveryDeclaredOneIsPassed() {
        final Map<String, String> declared = declared();
        final TreeSet<String> passed = new TreeSet<>(OF_OTHERS);
        for (final Objective objective : OBJECTIVES)
            spec(objective).attributes().forEach((name, value) -> {
                assertThat(type(value)).as(name + " of " + objective).isEqualTo(declared.get(name));
                passed.add(name);
            });
        assertThat(passed).isEqualTo(new TreeSet<>(declared.keySet()));
    }

    @Test
    void everyStepIsCalledWithTheArgumentsThatItDeclares() {
        final TreeSet<String> called = new TreeSet<>();
        for (final Objective objective : OBJECTIVES) {
            final StepCall call = objective.draw(VIT, 1, 2, new long[]{3, 4}, new int[]{0, 1});
            final List<String> parameters = parameters(call.method());
            assertThat(parameters.getFirst()).isEqualTo("images: Tensor");
            assertThat(call.arguments().stream().map(ProgramContractTest::type).toList()).as(call.method()).isEqualTo(parameters
                    .subList(1, parameters.size() - EVERY_STEP.size()).stream().map(text -> text.split(": ")[1]).toList());
            assertThat(parameters.subList(parameters.size() - EVERY_STEP.size(), parameters.size())).isEqualTo(EVERY_STEP);
            called.add(call.method());
        }
        final TreeSet<String> steps = new TreeSet<>();
        Pattern.compile("def (\\w*step)\\(").matcher(SOURCE).results().forEach(found -> steps.add(found.group(1)));
        assertThat(called).isEqualTo(steps);
    }

    private static LearnerSpec spec(Objective objective) {
        return new LearnerSpec(VIT, objective, OptimizerSettings.pretraining(new LrSchedule(1e-3, 0, 0, 10)), Precision.FLOAT32,
                new PixelStatistics(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25)), 1);
    }

    private static Map<String, String> declared() {
        final Map<String, String> all = new LinkedHashMap<>();
        Pattern.compile("^  (\\w+) : ([\\w\\[\\]]+)", Pattern.MULTILINE).matcher(SOURCE).results()
                .forEach(found -> all.put(found.group(1), found.group(2)));
        return all;
    }

    /** The parameters of a method as {@code name: Type}, without self. */
    private static List<String> parameters(String method) {
        final Matcher head = Pattern.compile("def " + method + "\\(self, (.*?)\\) ->", Pattern.DOTALL).matcher(SOURCE);
        assertThat(head.find()).as(method).isTrue();
        final List<String> all = new ArrayList<>();
        for (final String each : Objects.requireNonNull(head.group(1)).split(",\\s+(?=\\w+: )"))
            all.add(each.strip());
        return all;
    }

    private static String type(Object value) {
        return switch (value) {
            case Integer _ -> "int";
            case Double _ -> "float";
            case Boolean _ -> "bool";
            case String _ -> "str";
            case HostTensor _ -> "Tensor";
            case List<?> _ -> "List[int]";
            default -> throw new AssertionError("a " + value.getClass());
        };
    }
}
