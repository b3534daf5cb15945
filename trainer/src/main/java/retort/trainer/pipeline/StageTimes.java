package retort.trainer.pipeline;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** Records in Micrometer's global registry how long the stages before a step take on the host. They begin with the process. Any thread. */
final class StageTimes {
    private final Timer pack;
    private final Timer upload;

    /** @param run name of the run */
    StageTimes(String run) {
        this.pack = timer(run, "pack");
        this.upload = timer(run, "upload");
    }

    private static Timer timer(String run, String stage) {
        return Timer.builder("retort.trainer.stage").description("One batch in a stage before its step")
                .tags(Tags.of("run", run, "stage", stage)).register(Metrics.globalRegistry);
    }

    /** The copies of a batch's pixels into its buffer, without the waits between them. */
    void packed(long nanos) {
        pack.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** The copies of a batch and of its draws to the device. */
    void uploaded(long nanos) {
        upload.record(nanos, TimeUnit.NANOSECONDS);
    }
}
