package retort.bench.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import retort.bench.BenchException;

/** One or two threads of this process that work at the same time. The owner closes them. */
final class TwoThreads implements AutoCloseable {
    private final ExecutorService threads = Executors.newFixedThreadPool(2, Thread.ofPlatform().daemon().factory());

    /** The work of one thread. */
    @FunctionalInterface
    interface Work {
        /**
         * @param worker 0 or 1
         * @return images a second
         */
        double run(int worker) throws Exception;
    }

    /**
     * @param title the contestant, for messages
     * @return the sum of what the workers return
     */
    double run(String title, int workers, Work work) {
        final List<Callable<Double>> tasks = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            final int worker = i;
            tasks.add(() -> work.run(worker));
        }
        try {
            double rate = 0;
            for (final Future<Double> worker : threads.invokeAll(tasks))
                rate += worker.get();
            return rate;
        } catch (ExecutionException e) {
            throw new BenchException(title + " failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException(title + " was interrupted");
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
