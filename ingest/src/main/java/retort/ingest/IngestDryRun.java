package retort.ingest;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import retort.console.StatusLine;
import retort.ingest.decode.ByteBudget;
import retort.ingest.decode.RejectedImageException;
import retort.ingest.order.PendingSample;
import retort.ingest.order.Slice;
import retort.ingest.order.Slices;
import retort.ingest.recipe.Recipe;
import retort.ingest.source.DataSource;
import retort.ingest.source.Sample;
import retort.ingest.source.SourceException;
import retort.ingest.source.UnboundedSource;
import retort.kafka.Broker;

/**
 * Walks sources as ingest would, without a broker: one epoch of every source that the settings name, each sample read and put
 * through its stream's recipe; what was found is printed, and the first samples are drawn as the trainer would get them. Samples
 * are looked at out of order on the pool and reported in the stream's order, so that two dry runs say the same.
 */
public final class IngestDryRun {
    private final IngestSettings settings;
    private final Broker broker;
    private final Scheduler pool;
    private final Scheduler reading;
    private final StatusLine line;

    private IngestDryRun(IngestSettings settings, Broker broker, Scheduler pool, Scheduler reading, StatusLine line) {
        this.settings = settings;
        this.broker = broker;
        this.pool = pool;
        this.reading = reading;
        this.line = line;
    }

    /**
     * Blocks until all is read.
     *
     * @param sheet where the contact sheet, a PNG, is written
     * @param line shows how far it is
     * @return the exit code: 1 when a source has no image that can be used
     * @throws SourceException when a source cannot be opened
     */
    public static int run(Config config, Path sheet, PrintStream out, StatusLine line) throws IOException, SourceException {
        final IngestSettings settings = IngestSettings.from(config);
        final Scheduler pool = Threads.blocking("retort-decode", settings.threads());
        final Scheduler reading = Threads.blocking("retort-ingest", 1);
        try {
            return new IngestDryRun(settings, Broker.from(config), pool, reading, line).run(sheet, out);
        } finally {
            pool.dispose();
            reading.dispose();
        }
    }

    private int run(Path path, PrintStream out) throws IOException, SourceException {
        final ContactSheet sheet = new ContactSheet(settings.streams().getFirst().recipe());
        final Set<String> walked = new HashSet<>();
        boolean usable = true;
        for (final StreamSettings stream : settings.streams())
            if (walked.add(stream.source()))
                usable &= walk(stream, sheet, out);
        if (sheet.write(path))
            out.println("contact sheet: " + path.toAbsolutePath());
        return usable ? 0 : 1;
    }

    private boolean walk(StreamSettings stream, ContactSheet sheet, PrintStream out) throws IOException, SourceException {
        try (DataSource source = Sources.open(stream, settings, broker);
                Recipe recipe = Recipe.of(stream.recipe(), new ByteBudget(settings.decodeMemory()))) {
            if (source instanceof UnboundedSource) {
                out.println(stream.source() + ": has no end, and is not walked");
                return true;
            }
            final Slices slices = SliceOrder.of(source, stream, settings, reading);
            final Survey survey = new Survey(source.classNames());
            slices.from(0, Optional.empty(), sequence -> true).takeWhile(slice -> slice.epoch() == 0)
                    .flatMapSequential(slice -> look(slice, recipe, stream, sheet), settings.threads() * 2, 1)
                    .doOnNext(findings -> {
                        findings.forEach(finding -> note(finding, survey, sheet));
                        line.update(stream.source() + ": " + survey.count());
                    })
                    .then().block();
            survey.print(stream, out);
            return survey.usable();
        }
    }

    /** What became of one sample. Pixels are kept only while the sheet wants them. */
    private sealed interface Finding {
        record Usable(Survey.Image image, Optional<ByteBuffer> pixels) implements Finding {
        }

        record Rejected(String name, String reason) implements Finding {
        }
    }

    private Mono<List<Finding>> look(Slice slice, Recipe recipe, StreamSettings stream, ContactSheet sheet) {
        return Flux.fromIterable(slice.samples())
                .concatMap(pending -> Mono.fromCallable(() -> look(pending, recipe, stream, sheet)).subscribeOn(pool))
                .collectList();
    }

    private static Finding look(PendingSample pending, Recipe recipe, StreamSettings stream, ContactSheet sheet) {
        String name = "sample " + pending.id();
        try {
            final Sample sample = pending.read().readable();
            name = sample.name();
            final byte[] pixels = new byte[stream.recipe().imageBytes()];
            recipe.apply(sample, 0, pixels, 0);
            return new Finding.Usable(Survey.Image.of(sample),
                    sheet.isFull() ? Optional.empty() : Optional.of(ByteBuffer.wrap(pixels)));
        } catch (RejectedImageException | IOException | RuntimeException e) {
            return new Finding.Rejected(name, String.valueOf(e.getMessage()));
        }
    }

    private static void note(Finding finding, Survey survey, ContactSheet sheet) {
        switch (finding) {
            case Finding.Usable(Survey.Image image, Optional<ByteBuffer> pixels) -> {
                survey.found(image);
                pixels.ifPresent(sheet::add);
            }
            case Finding.Rejected(String name, String reason) -> survey.rejected(name, reason);
        }
    }
}
