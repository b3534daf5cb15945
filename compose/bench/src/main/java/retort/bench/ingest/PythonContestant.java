package retort.bench.ingest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import retort.bench.ContestantProcess;
import retort.bench.Python;

/** A program of this package in two Python processes. A process waits while it has no turn. */
final class PythonContestant implements CropContestant {
    static final Python.Requirement TORCHVISION = new Python.Requirement("torchvision", "torchvision", "0.22.1");
    static final Python.Requirement PILLOW = new Python.Requirement("PIL", "pillow", "13.0.0");
    static final Python.Requirement WEBDATASET = new Python.Requirement("webdataset", "webdataset", "1.0.2");
    static final Python.Requirement BRACEEXPAND = new Python.Requirement("braceexpand", "braceexpand", "0.1.7");
    static final Python.Requirement YAML = new Python.Requirement("yaml", "pyyaml", "6.0");
    static final Python.Requirement PYARROW = new Python.Requirement("pyarrow", "pyarrow", "26.0.1");

    private final String key;
    private final List<ContestantProcess> workers = new ArrayList<>();

    /**
     * Returns when both processes are ready.
     *
     * @param python has the packages that the program imports
     * @param program name of a resource of this package
     * @param description the program's argument; a seed is added
     */
    PythonContestant(String key, Python python, String program, Map<String, ?> description) {
        this.key = key;
        for (int seed = 0; seed < 2; seed++) {
            final Map<String, Object> own = new HashMap<>(description);
            own.put("seed", seed);
            workers.add(ContestantProcess.start(key, python.contestant(IngestBench.class, program, own)));
        }
    }

    @Override
    public String key() {
        return key;
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
