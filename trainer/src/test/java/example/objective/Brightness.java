package example.objective;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import retort.random.CounterRandom;
import retort.record.Stream;
import retort.settings.Section;
import retort.trainer.learn.Objective;
import retort.trainer.learn.StepCall;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.Script;
import retort.trainer.model.VitShape;
import retort.trainer.objective.ObjectiveFactory;
import retort.trainer.objective.ObjectiveSettings;
import retort.trainer.objective.Teacher;

/**
 * Learns the brightness of an image, with its own method of the program and its own draw.
 *
 * @param spread the target of a step is multiplied by a number from 1 to 1 + spread
 */
public record Brightness(double spread) implements Objective {
    private static final String METHOD = """

              def brightness_step(self, images: Tensor, gain: float, student: Dict[str, Tensor], teacher: Dict[str, Tensor],
                                  stream: Dict[str, Tensor], parameters: List[Tensor], m: List[Tensor], v: List[Tensor],
                                  ends: List[int], rates: List[float], decays: List[float], update: float) -> Tensor:
                guess = self.linear(self.features(images, student, stream), student, "brightness").squeeze(1)
                loss = torch.mse_loss(guess, torch.mean(self.normalize(images, stream), [1, 2, 3]) * gain)
                none: List[Tensor] = []
                grads = self.accumulate(none, torch.grad([loss], parameters))
                return torch.cat([torch.detach(loss).reshape([1]), self.update(parameters, grads, m, v, ends, rates, decays, update)])
            """;

    /** The factory. META-INF/services registers it. */
    public static final class Factory implements ObjectiveFactory {
        @Override
        public String name() {
            return "brightness";
        }

        @Override
        public Set<String> keys() {
            return Set.of("spread");
        }

        @Override
        public String defaults() {
            return "spread = 0.25, optimizer.weight-decay = 0";
        }

        @Override
        public ObjectiveSettings settings(Section run) {
            return new Settings(run.real("spread", 0, 1));
        }
    }

    private record Settings(double spread) implements ObjectiveSettings {
        @Override
        public String name() {
            return "brightness";
        }

        @Override
        public Objective with(VitShape vit, Stream stream, Optional<Teacher> teacher) {
            return new Brightness(spread);
        }
    }

    @Override
    public void check(VitShape vit) {
    }

    @Override
    public List<Parameter> parameters(VitShape vit) {
        final List<Parameter> all = new ArrayList<>(Parameters.encoder(vit));
        all.add(new Parameter("brightness.weight", List.of(1L, (long) vit.width()), Parameter.Start.XAVIER));
        all.add(new Parameter("brightness.bias", List.of(1L), Parameter.Start.ZEROS));
        return all;
    }

    @Override
    public List<String> lossParts() {
        return List.of("total");
    }

    @Override
    public Map<String, Object> attributes(VitShape vit) {
        return Map.of("pooling", "token");
    }

    @Override
    public StepCall draw(VitShape vit, long seed, long step, long[] sampleIds, int[] labels) {
        return new StepCall("brightness_step", List.of(1 + spread * CounterRandom.of(seed, "gain", step, 0).nextDouble()));
    }

    @Override
    public Script script() {
        return new Script(Script.bundled().source() + METHOD);
    }
}
