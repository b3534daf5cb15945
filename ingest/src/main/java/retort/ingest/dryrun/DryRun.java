package retort.ingest.dryrun;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import reactor.core.scheduler.Scheduler;
import retort.console.StatusLine;
import retort.ingest.Sources;
import retort.ingest.budget.ByteBudget;
import retort.ingest.order.SliceOrder;
import retort.ingest.order.Slices;
import retort.ingest.pack.DecodingPool;
import retort.ingest.pack.EpochTally;
import retort.ingest.pack.PackedRecord;
import retort.ingest.pack.Packer;
import retort.ingest.recipe.Recipe;
import retort.ingest.settings.IngestSettings;
import retort.ingest.settings.StreamSettings;
import retort.ingest.source.ClassesTogether;
import retort.ingest.source.DataSource;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.UnboundedSource;
import retort.kafka.Broker;
import retort.place.Places;
import retort.thread.Worker;

/**
 * Packs one epoch of every source that the settings name, as ingest would, and publishes nothing. It prints a survey of each source and
 * draws the first images as the trainer would receive them. Two dry runs of the same data print the same text, because records are surveyed
 * in the order of their sequences.
 */
public final class DryRun {
    private final IngestSettings settings;
    private final SourceContext context;
    private final Packer.Resources resources;
    private final ByteBudget decoded;
    private final Scheduler reading;
    private final StatusLine line;

    private final ClassesTogether classes = new ClassesTogether();

    private DryRun(IngestSettings settings, SourceContext context, Scheduler pool, Scheduler reading, StatusLine line) {
        this.settings = settings;
        this.context = context;
        this.resources = new Packer.Resources(new ByteBudget(settings.recordMemory()), pool);
        this.decoded = new ByteBudget(settings.decodeMemory());
        this.reading = reading;
        this.line = line;
    }

    /**
     * Runs the dry run. Blocks until all sources are read.
     *
     * @param sheet the file that the contact sheet, a PNG, is written to
     * @param out receives the surveys
     * @param line shows the counts while the sources are read
     * @return the exit code: 1 if ingest would refuse one of the sources, 0 otherwise
     * @throws SourceException if a source cannot be opened
     */
    public static int run(Config config, Path sheet, PrintStream out, StatusLine line) throws IOException, SourceException {
        final IngestSettings settings = IngestSettings.from(config);
        try (DecodingPool pool = new DecodingPool(settings.threads());
                Worker reading = Worker.named("retort-dry-run");
                Places places = IngestSettings.places(config, settings.ahead())) {
            final SourceContext context = new SourceContext(Broker.from(config), settings.sourceOptions(), places);
            return new DryRun(settings, context, pool.scheduler(), reading.scheduler(), line).run(sheet, out);
        }
    }

    private int run(Path path, PrintStream out) throws IOException, SourceException {
        final ContactSheet sheet = new ContactSheet(settings.streams().getFirst().recipe());
        final Set<String> walked = new HashSet<>();
        boolean sound = true;
        for (final StreamSettings stream : settings.streams())
            if (walked.add(stream.shown() + " " + stream.from() + " " + stream.samples()))
                sound &= walk(stream, sheet, out);
        if (sheet.write(path))
            out.println("contact sheet: " + path.toAbsolutePath());
        return sound ? 0 : 1;
    }

    /** Walks one source. */
    private boolean walk(StreamSettings stream, ContactSheet sheet, PrintStream out) throws IOException, SourceException {
        try (DataSource source = Sources.open(stream.source(), context); Recipe recipe = Recipe.of(stream.recipe(), decoded)) {
            if (source instanceof UnboundedSource) {
                out.println(stream.shown() + ": has no end, and is not walked");
                return true;
            }
            final Slices slices = SliceOrder.of(source, stream, settings, reading, Optional.empty());
            final Survey survey = new Survey(source.classNames());
            final Packer packer = new Packer(stream, source.classNames().size(), settings.maxRecordBytes(), recipe, resources,
                    survey::found);
            final Optional<EpochTally> tally = slices.layout()
                    .map(layout -> new EpochTally(stream, layout, sequence -> true, settings.partitions(),
                            settings.maxRejected()));
            slices.from(0, Optional.empty(), sequence -> true).takeWhile(slice -> slice.epoch() == 0)
                    .flatMapSequential(packer::pack, settings.threads() * 2, 1)
                    .doOnNext(record -> {
                        note(record, survey, sheet);
                        tally.flatMap(counting -> counting.fault(record)).ifPresent(survey::fault);
                        line.update(stream.shown() + ": " + survey.count());
                    })
                    .then().block();
            survey.print(stream, source, out);
            classes.opened(stream.sourceKey(), source.classNames()).ifPresent(text -> out.println("  " + text));
            return survey.sound();
        }
    }

    private static void note(PackedRecord record, Survey survey, ContactSheet sheet) {
        record.rejected().forEach(rejected -> survey.rejected(rejected.getWhat(), rejected.getReason()));
        sheet.add(record.bytes());
        record.permit().close();
    }
}
