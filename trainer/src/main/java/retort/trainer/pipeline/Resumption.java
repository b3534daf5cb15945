package retort.trainer.pipeline;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.settings.RunSettings;

/** Holds a run against its checkpoint: one that went on under other settings would be neither the old run nor a new one. */
final class Resumption {
    /** Key of the hash of everything that decides the stream's bytes. */
    static final String STREAM_HASH = "the stream's own settings";

    private static final String ABSENT = "absent";

    private Resumption() {
    }

    /** @throws RunException that names each difference */
    static void requireSame(Checkpoint checkpoint, TrainingState now) {
        require(checkpoint, all(checkpoint.state()), all(now));
    }

    /** Of a finished run, whose stream and teacher may be gone: the settings alone. @throws RunException as above */
    static void requireSame(Checkpoint checkpoint, RunSettings now) {
        final SortedMap<String, String> then = new TreeMap<>(checkpoint.state().settings());
        then.remove(STREAM_HASH);
        require(checkpoint, then, now.shaping());
    }

    private static SortedMap<String, String> all(TrainingState state) {
        final SortedMap<String, String> all = new TreeMap<>(state.settings());
        all.put("threads", Integer.toString(state.threads()));
        state.teacherSha256().ifPresent(sha256 -> all.put("the teacher's SHA-256", sha256));
        return all;
    }

    private static void require(Checkpoint checkpoint, Map<String, String> then, Map<String, String> now) {
        final TreeSet<String> keys = new TreeSet<>(then.keySet());
        keys.addAll(now.keySet());
        keys.removeIf(key -> then.getOrDefault(key, ABSENT).equals(now.getOrDefault(key, ABSENT)));
        if (!keys.isEmpty())
            throw new RunException("run " + checkpoint.state().run() + " has a checkpoint at step " + checkpoint.state().step()
                    + " under other settings: " + keys.stream().map(key -> key + " was " + then.getOrDefault(key, ABSENT)
                            + " and is " + now.getOrDefault(key, ABSENT)).collect(Collectors.joining("; "))
                    + "; put them back, or give the run another name to begin anew");
    }
}
