package retort.bench.ingest;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeLogDirsOptions;
import retort.bench.BenchException;
import retort.thread.Worker;

/**
 * Measures how fast the log of a topic grows on the broker. It measures the time from a quarter of the expected bytes to all of them,
 * because the first quarter includes the start of a producer. A thread of its own asks the broker every 2 ms until {@link #close}.
 */
final class LogRuler implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMillis(2);

    private final CompletableFuture<Double> rate = new CompletableFuture<>();
    private final Worker watcher = Worker.named("retort-bench-ruler");
    private final Admin admin;
    private final String topic;
    private final long bytes;

    // Only the ruler's thread uses the following fields:
    private long from = -1;
    private long start;

    /** @param bytes the number of bytes to wait for */
    LogRuler(Admin admin, String topic, long bytes) {
        this.admin = admin;
        this.topic = topic;
        this.bytes = bytes;
        watcher.repeat(this::look, EVERY);
    }

    /** Waits until all bytes are in the log, for at most five minutes. @return the rate in MB/s */
    double megabytesPerSecond() {
        try {
            return rate.get(5, TimeUnit.MINUTES);
        } catch (TimeoutException e) {
            throw new BenchException("what was sent has not all reached the broker's log in five minutes");
        } catch (ExecutionException e) {
            throw new BenchException("the broker's log cannot be measured: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while measuring");
        }
    }

    private void look() {
        if (rate.isDone())
            return;
        try {
            final long size = size();
            final long now = System.nanoTime();
            if (from < 0 && size >= bytes / 4) {
                from = size;
                start = now;
            }
            if (size >= bytes)
                rate.complete((size - from) / 1e6 / ((now - start) / 1e9));
        } catch (ExecutionException | InterruptedException | RuntimeException e) {
            rate.completeExceptionally(e);
        }
    }

    /** Bytes of the topic on the broker that holds most of them. */
    private long size() throws ExecutionException, InterruptedException {
        final var brokers = admin.describeCluster().nodes().get().stream().map(node -> node.id()).toList();
        return admin.describeLogDirs(brokers, new DescribeLogDirsOptions()).allDescriptions().get().values().stream()
                .mapToLong(folders -> folders.values().stream()
                        .flatMap(folder -> folder.replicaInfos().entrySet().stream())
                        .filter(replica -> replica.getKey().topic().equals(topic))
                        .mapToLong(replica -> replica.getValue().size()).sum())
                .max().orElse(0);
    }

    @Override
    public void close() {
        watcher.close(Duration.ZERO);
    }
}
