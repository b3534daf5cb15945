package retort.trainer.engine;

import java.util.regex.Pattern;

/**
 * @param device {@code auto} (the first GPU if there is one), {@code cpu} or {@code cuda:N}
 * @param threads threads of one operator on a CPU; 0: as many as the machine has cores. Another count gives other roundings, so a
 *     run that is to be repeated to the bit keeps its own
 */
public record EngineSettings(String device, int threads) {
    private static final Pattern CUDA = Pattern.compile("cuda:\\d{1,2}");

    public EngineSettings {
        if (!device.equals("auto") && !device.equals("cpu") && !CUDA.matcher(device).matches())
            throw new IllegalArgumentException("device " + device + " must be auto, cpu or cuda:N");
        if (threads < 0 || threads > 1024)
            throw new IllegalArgumentException("threads " + threads + " must be 0 (all cores) to 1024");
    }

    /** The count that {@code threads} stands for on this machine. */
    public int threadsHere() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
