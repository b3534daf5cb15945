package retort.trainer.pipeline;

import java.util.Locale;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.trainer.engine.Engine;
import retort.trainer.learn.StepMemory;
import retort.trainer.objective.Teacher;

/**
 * Chooses the micro-batches of a new run that leaves the choice, and warns of a step that the device's memory may not hold. The choice is kept in
 * the run's checkpoints, so the memory of another machine does not change the run. Any thread.
 */
final class StepRoom {
    private static final Logger LOG = LoggerFactory.getLogger(StepRoom.class);
    private static final double GIBIBYTE = 1 << 30;

    private StepRoom() {
    }

    /** The plan with its micro-batches. */
    static RunPlan of(RunPlan plan, Engine engine) {
        final OptionalLong memory = engine.memoryBytes();
        final StepMemory step = StepMemory.of(plan.spec()).withFrozen(plan.teachers().stream().mapToLong(StepRoom::bytes).sum());
        final RunPlan chosen = plan.run().leavesMicroBatches()
                ? plan.withMicroBatches(step.automaticParts(plan.run().batch(), memory))
                : plan;
        final int parts = chosen.run().optimizer().microBatches();
        final long bytes = step.bytes(chosen.run().batch() / parts);
        if (plan.run().leavesMicroBatches())
            LOG.info("run {} takes a step in {} parts (optimizer.micro-batches = auto), for which some {} GiB are needed",
                    plan.run().name(),
                    parts, gibibytes(bytes));
        if (memory.isPresent() && bytes > memory.getAsLong())
            LOG.warn(
                    "run {} may not fit: {} images at a time are estimated to need {} GiB, {} of them for the model itself, and {} has {} GiB: {}",
                    plan.run().name(), plan.run().batch() / parts, gibibytes(bytes), gibibytes(step.modelBytes()),
                    engine.device(),
                    gibibytes(memory.getAsLong()), wayOut(step, chosen, memory.getAsLong()));
        return chosen;
    }

    private static long bytes(Teacher teacher) {
        return teacher.weights().values().stream().mapToLong(tensor -> tensor.data().capacity()).sum();
    }

    private static String wayOut(StepMemory step, RunPlan plan, long memory) {
        return step.bytes(1) > memory
                ? "take a smaller model"
                : "begin the run with optimizer.micro-batches = " + step.parts(plan.run().batch(), memory) + " or more";
    }

    private static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / GIBIBYTE);
    }
}
