package retort.trainer.engine;

import java.util.regex.Pattern;

/**
 * The device and the threads of an {@link Engine}.
 *
 * @param device {@code auto} (the first GPU if there is one), {@code cpu} or {@code cuda:N}
 * @param threads number of threads of one operator on a CPU, 0 to 1024; 0 for as many as the machine has cores. Another number rounds
 *     sums in another way, so a run that goes on takes the number of its checkpoint
 */
public record EngineSettings(String device, int threads) {
    private static final Pattern CUDA = Pattern.compile("cuda:\\d{1,2}");

    public EngineSettings {
        if (!device.equals("auto") && !device.equals("cpu") && !CUDA.matcher(device).matches())
            throw new IllegalArgumentException("device " + device + " must be auto, cpu or cuda:N");
        if (threads < 0 || threads > 1024)
            throw new IllegalArgumentException("threads " + threads + " must be 0 (all cores) to 1024");
    }

    /** The number of threads on this machine, at least 1. */
    public int threadsHere() {
        return threads == 0 ? Cores.physical() : threads;
    }
}
