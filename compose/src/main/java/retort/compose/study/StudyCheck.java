package retort.compose.study;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import retort.compose.plan.PlannedStream;
import retort.ingest.settings.IngestSettings;
import retort.ingest.settings.StreamSettings;
import retort.ingest.source.SourceException;
import retort.place.Places;
import retort.record.Stream;
import retort.settings.SettingException;
import retort.trainer.learn.LearnerSpec;
import retort.trainer.learn.Precision;
import retort.trainer.objective.TeacherSource;
import retort.trainer.objective.WeightsSource;
import retort.trainer.plan.EarlierRuns;
import retort.trainer.plan.RunCost;
import retort.trainer.settings.RunSettings;

/**
 * The check of a study before anything is trained, so that a run is not refused hours later, when its turn comes. Main thread; blocks while
 * sources are listed and teachers' files are read.
 *
 * @param streams the streams that the study publishes, by name
 */
record StudyCheck(Study study, Config config, Map<String, Stream> streams) {
    /** @throws SourceException if a source cannot be listed */
    static StudyCheck of(Study study, Config config) throws IOException, SourceException {
        final Map<String, Stream> streams = new LinkedHashMap<>();
        for (final Config ingest : StudyFolder.ingests(study, config)) {
            final Stream planned = PlannedStream.of(ingest, Optional.empty());
            streams.put(ingest.getString("ingest.stream"), named(planned, ingest.getString("ingest.stream"), 0));
            if (!ingest.getString("ingest.source").isEmpty())
                for (final StreamSettings each : IngestSettings.from(ingest).streams())
                    streams.putIfAbsent(each.name(), named(planned, each.name(), each.samples()));
        }
        return new StudyCheck(study, config, streams);
    }

    /** @param samples number of its samples; 0 for those of {@code planned} */
    private static Stream named(Stream planned, String name, long samples) {
        return Stream.newBuilder(planned).setName(name)
                .setSamplesPerEpoch(samples == 0 ? planned.getSamplesPerEpoch() : Long.valueOf(samples)).build();
    }

    /**
     * The costs of all runs, in their order.
     *
     * @throws SettingException if a run cannot be trained, the shape of its teacher is not known, or a figure would not be measured
     */
    List<RunCost> costs(Precision auto) {
        final EarlierRuns earlier = new EarlierRuns();
        final Map<String, RunCost> costs = new LinkedHashMap<>();
        study.checkedRuns().forEach(run -> costs.put(run.name(), RunCost.of(run, stream(run), auto, earlier)));
        requireFigures(costs);
        return new ArrayList<>(costs.values());
    }

    /**
     * Refuses a study with a run that cannot be trained, or a figure that would not be measured. Runs whose teacher lies in a place on the
     * network are left to the trainer.
     *
     * @param begun true for the name of a run that has a checkpoint; it is not checked again
     */
    void requireTrainable(Predicate<String> begun) {
        final EarlierRuns earlier = new EarlierRuns();
        final Map<String, RunCost> costs = new LinkedHashMap<>();
        for (final RunSettings run : study.checkedRuns())
            if (begun.test(run.name()) || run.objective().teachers().stream().anyMatch(StudyCheck::isUnknown))
                earlier.add(run, stream(run));
            else {
                run.objective().sources().forEach(source -> requireFile(run, source));
                costs.put(run.name(), RunCost.of(run, stream(run), Precision.FLOAT32, earlier));
            }
        requireFigures(costs);
    }

    private static boolean isUnknown(TeacherSource teacher) {
        return teacher.model().isEmpty() && teacher.weights() instanceof final WeightsSource.File file
                && Places.isPlace(file.place());
    }

    private static void requireFile(RunSettings run, WeightsSource source) {
        if (source instanceof final WeightsSource.File file && !Places.isPlace(file.place())
                && !Files.exists(Path.of(file.place())))
            throw new SettingException("run " + run.name() + " builds on " + file
                    + ", which is not on this disk: give the file, or correct its path");
    }

    private Stream stream(RunSettings run) {
        return Optional.ofNullable(streams.get(run.stream())).orElseThrow(() -> new SettingException("run " + run.name()
                + " reads stream " + run.stream() + ", which the study does not publish: there are " + streams.keySet()
                + "; add it to study.streams"));
    }

    private void requireFigures(Map<String, RunCost> costs) {
        final FigureCheck check = FigureCheck.of(config);
        for (final StudyFigure figure : study.settings().figures())
            for (final Cell cell : study.cells())
                for (final long seed : study.settings().seeds())
                    cell.run(seed, figure.run()).map(study::checked)
                            .ifPresent(run -> check.require(figure, run.on(stream(run)), spec(costs, run)));
    }

    private static Optional<LearnerSpec> spec(Map<String, RunCost> costs, RunSettings run) {
        return Optional.ofNullable(costs.get(run.name())).map(RunCost::spec);
    }
}
