package retort.ingest.bench;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * What to measure.
 *
 * @param photos a folder of images, one folder a class; empty leaves the crops out
 * @param broker host:port that the publishing is measured against; empty for one that is started for it
 * @param publishing whether it is measured
 * @param pythonDirectory where torchvision is, or will be installed
 * @param torchvision whether it takes part
 * @param seconds of each turn
 * @param rounds turns of each contestant, after one that does not count
 * @param size side of the result, pixels
 */
record IngestBenchOptions(Optional<Path> photos, Optional<String> broker, boolean publishing, Path pythonDirectory,
        boolean torchvision, double seconds, int rounds, int size) {
    static final String USAGE = """
            usage: retort bench ingest --photos DIR [options]
              --photos DIR        JPEGs, one folder a class; without it publishing alone is measured
              --broker HOST:PORT  publishes to this broker (default: one is started in this process)
              --no-publishing     crops alone
              --size 224          side of the crops, pixels
              --seconds 3         of each turn
              --rounds 5          turns of each contestant; medians count
              --no-torchvision    without Python
              --python-dir DIR    where torchvision 0.22.1 is or will be installed (5 GB; default ~/.cache/retort/bench-python)""";

    /** @throws BenchException for an option or value that is not one */
    static IngestBenchOptions parse(List<String> args) {
        Optional<Path> photos = Optional.empty();
        Optional<String> broker = Optional.empty();
        Path python = Path.of(System.getProperty("user.home"), ".cache", "retort", "bench-python");
        boolean torchvision = true;
        boolean publishing = true;
        double seconds = 3;
        int rounds = 5;
        int size = 224;
        final Queue<String> left = new ArrayDeque<>(args);
        while (!left.isEmpty()) {
            final String option = left.remove();
            switch (option) {
                case "--photos" -> photos = Optional.of(Path.of(value(option, left)));
                case "--broker" -> broker = Optional.of(value(option, left));
                case "--python-dir" -> python = Path.of(value(option, left));
                case "--no-publishing" -> publishing = false;
                case "--no-torchvision" -> torchvision = false;
                case "--seconds" -> seconds = number(option, value(option, left));
                case "--rounds" -> rounds = (int) number(option, value(option, left));
                case "--size" -> size = (int) number(option, value(option, left));
                default -> throw new BenchException("bench ingest knows no option " + option + "\n" + USAGE);
            }
        }
        if (photos.isEmpty() && !publishing)
            throw new BenchException("bench ingest needs --photos where nothing is published\n" + USAGE);
        return new IngestBenchOptions(photos, publishing ? broker : Optional.empty(), publishing, python.toAbsolutePath(),
                torchvision, seconds, rounds, size);
    }

    private static String value(String option, Queue<String> left) {
        final String value = left.poll();
        if (value == null)
            throw new BenchException("bench ingest " + option + " needs a value\n" + USAGE);
        return value;
    }

    private static double number(String option, String value) {
        try {
            final double number = Double.parseDouble(value);
            if (number > 0)
                return number;
        } catch (NumberFormatException e) {
            // told below
        }
        throw new BenchException("bench ingest " + option + " " + value + ": give a number above 0\n" + USAGE);
    }
}
