package retort.bench.step;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;

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
            final Learner learner = engine.call(() -> Learner.create(engine, spec, teacher(step.models())));
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

    /** A teacher with random weights, because the values do not change its speed. All tensors share one block of memory. */
    private static Map<String, HostTensor> teacher(StepCase.Models models) {
        final List<Parameter> parameters = Parameters.trunk(models.teacher, models.teacherBlocks());
        final int largest = parameters.stream().mapToInt(Parameter::elements).max().orElseThrow();
        final ByteBuffer noise = ByteBuffer.allocateDirect(largest * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        final SplittableRandom random = new SplittableRandom(0);
        while (noise.hasRemaining())
            noise.putFloat((float) random.nextDouble(-0.04, 0.04));
        final Map<String, HostTensor> teacher = new HashMap<>();
        parameters.forEach(parameter -> teacher.put(parameter.name(),
                new HostTensor(DType.F32, parameter.dimensions(), noise.slice(0, parameter.elements() * Float.BYTES))));
        return teacher;
    }

    private static ByteBuffer pixels(StepCase step) {
        final byte[] drawn = new byte[step.batch() * step.models().student.image() * step.models().student.image() * 3];
        new SplittableRandom(1).nextBytes(drawn);
        return ByteBuffer.allocateDirect(drawn.length).put(drawn).flip();
    }
}
