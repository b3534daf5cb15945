package retort.compose;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A service of the soak, as a process of its own. If it ends by itself, its last words are printed and it is not started again, because a
 * service is to stay through everything that the soak does. Confined to the test's thread.
 */
final class SoakService implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String command;
    private final RetortProcess process;
    private final SoakMemory memory;

    private SoakService(String command, RetortProcess process) {
        this.command = command;
        this.process = process;
        this.memory = new SoakMemory(process.pid());
    }

    static SoakService start(String command, Path folder, String settings) throws IOException {
        return new SoakService(command, RetortProcess.start(folder, command, "--config", settings));
    }

    /** Measures the memory from time to time. @throws AssertionError if the process has ended */
    void observe() throws IOException, InterruptedException {
        if (process.endsWithin(Duration.ZERO))
            throw new AssertionError(command + " has ended by itself:\n" + process.out() + process.err());
        memory.measure();
    }

    SoakMemory memory() {
        return memory;
    }

    /** Sends SIGTERM and waits. @return the exit code */
    int stop() throws InterruptedException {
        final long start = System.nanoTime();
        process.terminate();
        final int code = process.await(PATIENCE);
        SoakTest.say("%s has left within %.1f s", command, (System.nanoTime() - start) / 1e9);
        return code;
    }

    @Override
    public void close() {
        SoakTest.say("%s said:%n%s%s", command, process.out(), process.err());
        process.close();
    }
}
