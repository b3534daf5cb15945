package retort.bench.step;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import retort.bench.ContestantProcess;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.learn.Learner;
import retort.trainer.learn.LearnerSpec;
import retort.trainer.learn.Precision;
import retort.trainer.plan.RandomWeights;

/** The main class of Retort's own {@link ContestantProcess}. One unit of work is one step. A loss that is not finite ends the process. */
public final class JavaContestant {
    private JavaContestant() {
    }

    /** The command of a JVM with the options and the class path of this one. */
    static ProcessBuilder process(Map<String, ?> description) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), JavaContestant.class.getName()));
        try {
            command.add(new ObjectMapper().writeValueAsString(description));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
        return new ProcessBuilder(command);
    }

    /** @param args one element, the case as a JSON object */
    public static void main(String[] args) throws Exception {
        final JsonNode given = new ObjectMapper().readTree(args[0]);
        final StepCase step = new StepCase(StepOptions.models(given.required("models").asText()), given.required("batch").asInt(),
                given.required("mask").asDouble(),
                given.required("decoder").asInt());
        final LearnerSpec spec = step.spec(
                Precision.valueOf(given.required("precision").asText().toUpperCase(java.util.Locale.ROOT)));
        try (Engine engine = Engine
                .start(new EngineSettings(given.required("device").asText(), given.required("threads").asInt()))) {
            final Learner learner = engine.call(() -> Learner.create(engine, spec,
                    RandomWeights.of(spec.objective().teacherParameters())));
            final ByteBuffer pixels = pixels(step);
            final long[] ids = LongStream.range(0, step.batch()).toArray();
            final AtomicLong next = new AtomicLong();
            ContestantProcess.serve("Retort, " + engine.settings().threads() + " threads",
                    () -> engine.call(() -> step(learner, pixels, ids, next.getAndIncrement())));
            engine.call(() -> {
                learner.close();
                return 0;
            });
        }
    }

    private static double step(Learner learner, ByteBuffer pixels, long[] ids, long step) {
        final double loss = learner.step(pixels, ids, new int[ids.length], step).read().total();
        if (!Double.isFinite(loss))
            throw new IllegalStateException("step " + step + " came to a loss of " + loss);
        return loss;
    }

    private static ByteBuffer pixels(StepCase step) {
        final byte[] drawn = new byte[step.batch() * step.models().student.image() * step.models().student.image() * 3];
        new SplittableRandom(1).nextBytes(drawn);
        return ByteBuffer.allocateDirect(drawn.length).put(drawn).flip();
    }
}
