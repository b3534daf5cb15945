package retort.bench.ingest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import retort.bench.ContestantProcess;
import retort.bench.Python;

/** torchvision's transform for the same crops, in two Python processes. A process waits while it has no turn. */
final class TorchvisionContestant implements CropContestant {
    static final Python.Requirement TORCHVISION = new Python.Requirement("torchvision", "torchvision", "0.22.1");
    static final Python.Requirement PILLOW = new Python.Requirement("PIL", "pillow", "13.0.0");

    private final List<ContestantProcess> workers = new ArrayList<>();

    /**
     * Returns when both processes are ready.
     *
     * @param python has {@link #TORCHVISION} and {@link #PILLOW} installed
     */
    TorchvisionContestant(Python python, Path folder, int size) {
        for (int seed = 0; seed < 2; seed++)
            workers.add(ContestantProcess.start("torchvision", python.contestant(IngestBench.class, "torchvision_contestant.py",
                    Map.of("folder", folder.toString(), "size", size, "seed", seed))));
    }

    @Override
    public String key() {
        return "torchvision";
    }

    @Override
    public String title() {
        return workers.getFirst().words();
    }

    @Override
    public double turn(int count, double seconds) {
        final List<ContestantProcess> taking = workers.subList(0, count);
        taking.forEach(worker -> worker.begin(seconds));
        return taking.stream().map(ContestantProcess::end).mapToDouble(turn -> turn.units() / turn.seconds()).sum();
    }

    @Override
    public void close() {
        workers.forEach(ContestantProcess::close);
    }
}
