package retort.bench.ingest;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import retort.bench.Python;
import retort.bench.PythonOptions;

/** The options of {@code bench ingest}. */
final class IngestOptions {
    @Option(names = "--photos", paramLabel = "DIR", description = "JPEGs, one folder a class. Without it only publishing is measured.")
    private @Nullable Path photos;

    @Option(names = "--files", paramLabel = "DIR", description = "Measures WebDataset shards and Parquet files, too. They are written into DIR from the photographs, if they are not there.")
    private @Nullable Path files;

    @Option(names = "--store", description = "Measures the shards and Parquet files from an S3 server in this process, too. It holds them in memory: give RETORT_HEAP what they weigh.")
    private boolean store;

    @Option(names = "--no-crops", description = "Leaves out the crops from single files.")
    private boolean noCrops;

    @Option(names = "--broker", paramLabel = "HOST:PORT", description = "Publishes to this broker (default: starts one in this process).")
    private @Nullable String broker;

    @Option(names = "--no-publishing", description = "Measures the crops only.")
    private boolean noPublishing;

    @Option(names = "--size", paramLabel = "PIXELS", defaultValue = "224", description = "Side of the crops (default: ${DEFAULT-VALUE}).")
    private int size = 224;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "3", description = "Time of each turn (default: ${DEFAULT-VALUE}).")
    private double seconds = 3;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Turns of each contestant after one that does not count; medians count (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--no-torchvision", description = "Leaves out the contestant that needs Python.")
    private boolean noTorchvision;

    @Mixin
    private PythonOptions python = new PythonOptions();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /** @throws ParameterException if a value is out of range, or if nothing is left to measure */
    void validate() {
        require(size > 0, "--size " + size + " is out of range, give 1 or more");
        require(seconds > 0, "--seconds " + seconds + " is out of range, give more than 0");
        require(rounds > 0, "--rounds " + rounds + " is out of range, give 1 or more");
        require(files == null || photos != null, "--files needs the photographs: give --photos DIR");
        require(files == null || !noTorchvision, "--files needs Python, which writes the files: leave out --no-torchvision");
        require(!store || files != null, "--store needs shards and Parquet files: give --files DIR");
        require(photos != null && (!noCrops || files != null) || !noPublishing,
                "nothing is left to measure: give --photos DIR or leave out --no-publishing");
    }

    Optional<Path> photos() {
        return Optional.ofNullable(photos);
    }

    /** The folder of the shards and Parquet files. Empty if they are not measured. */
    Optional<Path> files() {
        return Optional.ofNullable(files);
    }

    /** True if the files are read from an S3 server, too. */
    boolean store() {
        return store;
    }

    boolean crops() {
        return !noCrops;
    }

    /** The address of a running broker, as {@code host:port}. Empty if the benchmark starts its own broker. */
    Optional<String> broker() {
        return Optional.ofNullable(broker);
    }

    boolean publishing() {
        return !noPublishing;
    }

    /** Side of the crops in pixels. */
    int size() {
        return size;
    }

    /** Time of each turn in seconds. */
    double seconds() {
        return seconds;
    }

    int rounds() {
        return rounds;
    }

    boolean torchvision() {
        return !noTorchvision;
    }

    Python python() {
        return python.python();
    }

    private void require(boolean allowed, String otherwise) {
        if (!allowed)
            throw new ParameterException(spec.commandLine(), otherwise);
    }
}
