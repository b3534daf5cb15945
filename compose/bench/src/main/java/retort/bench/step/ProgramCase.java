package retort.bench.step;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import retort.trainer.learn.LearnerSpec;
import retort.trainer.learn.ParameterGroup;
import retort.trainer.model.Parameter;

/** Describes a step for program_step.py: the names and shapes of all tensors that Java would pass to the program, and its groups of parameters. */
final class ProgramCase {
    private ProgramCase() {
    }

    static Map<String, Object> describe(StepCase step, LearnerSpec spec) {
        final List<ParameterGroup> groups = ParameterGroup.of(spec.objective().trained(spec.model()), spec.optimizer(),
                spec.model().depth());
        return new TreeMap<>(
                Map.of("models", StepOptions.name(step.models()), "mask", step.maskRatio(), "visible", step.visible(),
                        "decoder", step.decoderDepth(), "image", spec.model().image(), "patches", spec.model().patches(),
                        "student", shapes(spec.objective().parameters(spec.model())), "teacher",
                        shapes(spec.objective().teacherParameters()),
                        "groups", groups.stream().map(ProgramCase::group).toList(),
                        "pixels", Map.of("mean", spec.pixels().mean(), "std", spec.pixels().std())));
    }

    private static List<List<Object>> shapes(List<Parameter> parameters) {
        return parameters.stream().map(parameter -> List.<Object>of(parameter.name(), parameter.shape())).toList();
    }

    private static Map<String, Object> group(ParameterGroup group) {
        return Map.of("names", group.parameters().stream().map(Parameter::name).toList(), "rate", group.lrScale(), "decay",
                group.weightDecay());
    }
}
