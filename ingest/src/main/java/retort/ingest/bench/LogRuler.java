package retort.ingest.bench;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeLogDirsOptions;

/**
 * Watches a topic's log grow on the broker and takes the time between a quarter and (nearly) all of the expected bytes: starting
 * up is nobody's speed. Owns one thread until closed.
 */
final class LogRuler implements AutoCloseable {
    private final CompletableFuture<Double> rate = new CompletableFuture<>();
    private final Thread watcher;

    /** @param bytes that will be written in all, at the least */
    LogRuler(Admin admin, String topic, long bytes) {
        watcher = Thread.ofPlatform().daemon().name("retort-bench-ruler").start(() -> watch(admin, topic, bytes));
    }

    /** Waits until all bytes are there. */
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

    private void watch(Admin admin, String topic, long bytes) {
        long from = -1;
        long start = 0;
        try {
            while (true) {
                final long size = size(admin, topic);
                final long now = System.nanoTime();
                if (from < 0 && size >= bytes / 4) {
                    from = size;
                    start = now;
                }
                if (size >= bytes) {
                    rate.complete((size - from) / 1e6 / ((now - start) / 1e9));
                    return;
                }
                Thread.sleep(2);
            }
        } catch (ExecutionException | InterruptedException | RuntimeException e) {
            rate.completeExceptionally(e);
        }
    }

    /** Of the largest replica. */
    private static long size(Admin admin, String topic) throws ExecutionException, InterruptedException {
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
        watcher.interrupt();
    }
}
