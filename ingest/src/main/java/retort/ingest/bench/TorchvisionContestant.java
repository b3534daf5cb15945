package retort.ingest.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes of Python that wait for their turn; each answers a line with a line. */
final class TorchvisionContestant implements CropContestant {
    private final List<Worker> workers = new ArrayList<>();
    private final String versions;

    private record Worker(Process process, BufferedReader answers, BufferedWriter requests) {
    }

    /** Returns when both processes are ready. */
    TorchvisionContestant(TorchvisionPython python, Path folder, int size) {
        for (int seed = 0; seed < 2; seed++)
            workers.add(start(python.contestant(List.of(folder.toString(), Integer.toString(size), Integer.toString(seed)))));
        String ready = "";
        for (final Worker worker : workers)
            ready = answer(worker, "ready");
        versions = ready;
    }

    @Override
    public String key() {
        return "torchvision";
    }

    @Override
    public String title() {
        return versions;
    }

    @Override
    public double turn(int count, double seconds) {
        final List<Worker> taking = workers.subList(0, count);
        for (final Worker worker : taking)
            try {
                worker.requests.write("run " + seconds + "\n");
                worker.requests.flush();
            } catch (IOException e) {
                throw ended(worker);
            }
        double rate = 0;
        for (final Worker worker : taking) {
            final String[] took = answer(worker, "took").split(" ");
            rate += Double.parseDouble(took[0]) / Double.parseDouble(took[1]);
        }
        return rate;
    }

    private static Worker start(ProcessBuilder command) {
        try {
            final Process process = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
            return new Worker(process, process.inputReader(StandardCharsets.UTF_8),
                    process.outputWriter(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new BenchException("python3 cannot be started: " + e.getMessage());
        }
    }

    private static String answer(Worker worker, String word) {
        try {
            for (String line = worker.answers.readLine(); line != null; line = worker.answers.readLine())
                if (line.startsWith(word + " "))
                    return line.substring(word.length() + 1);
        } catch (IOException e) {
            // told below
        }
        throw ended(worker);
    }

    private static BenchException ended(Worker worker) {
        worker.process.destroyForcibly();
        return new BenchException("torchvision's process ended; what it said is above");
    }

    @Override
    public void close() {
        workers.forEach(worker -> worker.process.destroyForcibly());
    }
}
