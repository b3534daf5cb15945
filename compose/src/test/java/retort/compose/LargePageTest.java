package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.SharedBroker;
import retort.evaluator.page.PageServer;
import retort.kafka.Broker;
import retort.kafka.RecordSink;
import retort.record.Evaluation;
import retort.record.RunState;
import retort.record.TrainingProgress;
import retort.settings.Settings;

/** A browser shows 20,000 reports and 3,000 evaluations of 18 runs at once. What it asks for, holds and draws is bounded. */
final class LargePageTest {
    private static final int RUNS = 18;
    private static final int POINTS = 1000; // of each run but the first
    private static final int OF_THE_FIRST = 3000;
    private static final int APART = 20; // no two runs report at the same step
    private static final int EVALUATIONS = 3000;
    private static final Instant AT = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String CHART = "document.querySelector('#training .chart.wide .canvas').chart.drawn";
    private static final String OVER = "#training .chart.wide .u-over";

    @TempDir
    private Path checkpoints;

    private final String prefix = SharedBroker.freshPrefix();
    private final Broker broker = Broker.at(SharedBroker.bootstrapServers(), prefix);

    @Test
    void thousandsOfPointsAreAskedForHeldAndDrawnWithinBounds() {
        try (Browser browser = Browser.require(); RecordSink sink = sink()) {
            for (int run = 0; run < RUNS; run++)
                for (int from = 1, last = run == 0 ? OF_THE_FIRST : POINTS; from <= last; from += POINTS)
                    sink.sendAll(reports(run, from, from + POINTS - 1)).block(TIMEOUT);
            for (int from = 0; from < EVALUATIONS; from += POINTS)
                sink.sendAll(evaluations(from, from + POINTS)).block(TIMEOUT);
            try (PageServer server = server()) {
                patiently().until(() -> answer(server, "runs").contains("\"step\":" + (POINTS * APART + RUNS - 1))
                        && !answer(server, "evaluations?after=" + (EVALUATIONS - 1)).contains("\"evaluations\":[]"));
                browser.show(false, false);
                browser.open(server.url());
                patiently().until(() -> browser.awaited("store.evaluations.size").equals((long) EVALUATIONS)
                        && browser.count("#runs .card input") == RUNS);
                browser.value("document.querySelectorAll('#runs input:not(:checked)').forEach(box => box.click())");
                patiently().until(() -> browser.count("#training .chart.wide .legend li") == RUNS);

                final long width = number(browser, "document.querySelector('#training .chart.wide .canvas').clientWidth");
                assertThat(number(browser, CHART + ".lines")).as("the extremes of the first run").isEqualTo(RUNS + 2);
                assertThat(number(browser, CHART + ".places")).isBetween(width, 2 * width);
                assertThat(number(browser, CHART + ".values")).as("%d columns", width)
                        .isLessThanOrEqualTo((RUNS + 2) * 2 * width);
                assertThat(browser.count("#scores tbody tr")).isBetween((long) RUNS, 200L);
                assertThat(browser.text("#scores")).contains("older steps are in the curves alone");
                assertThat(asked(browser, "progress")).as("one question a run").isEqualTo(RUNS);
                assertThat(asked(browser, "evaluations")).as("parts of 500").isEqualTo(EVALUATIONS / 500);
                assertThat(((Number) browser.awaited("Math.max(...[...store.series.values()].map(each => each.points.length))"))
                        .longValue()).isLessThanOrEqualTo(1500);

                aPartIsSeenWhilePointsComeIn(browser, sink);
                whatIsNotShownIsNotHeld(browser);
                assertThat(browser.complaints()).isEmpty();
            }
        }
    }

    /** A part that a person has drawn over is seen with more of its points, and stays seen. */
    private void aPartIsSeenWhilePointsComeIn(Browser browser, RecordSink sink) {
        final long whole = number(browser, CHART + ".to");
        browser.drag(OVER, 0.1, 0.2);
        patiently().until(() -> number(browser, CHART + ".to") < whole / 2);
        final long part = number(browser, CHART + ".to");
        final String said = browser.text("#said");

        sink.sendAll(reports(1, POINTS + 1, POINTS + 1)).block(TIMEOUT);
        sink.sendAll(evaluations(EVALUATIONS, EVALUATIONS + 1)).block(TIMEOUT);

        patiently().until(() -> !browser.text("#said").equals(said)
                && browser.awaited("store.series.get('run01').points.at(-1).step").equals((POINTS + 1L) * APART + 1));
        patiently().until(() -> browser.text("#runs").contains("20,021 of"));
        assertThat(number(browser, CHART + ".to")).as("it stays").isEqualTo(part);
        browser.doubleClick(OVER);
        patiently().until(() -> number(browser, CHART + ".to") >= whole);
    }

    private static void whatIsNotShownIsNotHeld(Browser browser) {
        browser.value("document.querySelectorAll('#runs input:checked').forEach((box, i) => i > 0 && box.click())");
        patiently().until(() -> browser.awaited("store.series.size").equals(1L));
        browser.value("document.querySelectorAll('#runs input')[5].click()");
        patiently().until(() -> browser.awaited("store.series.size").equals(2L));
    }

    @Test
    void aColumnKeepsTheExtremesOfEachLine() {
        try (Browser browser = Browser.require(); PageServer server = server()) {
            browser.open(server.url());
            patiently().until(() -> browser.text("#connection").equals("live"));
            final String lines = "(() => { const xs = Array.from({length: 30000}, (each, i) => i); const ys = xs.map(x => Math.sin(x / 500));"
                    + "ys[12345] = 9; ys[23456] = -9; return [{xs, ys}, {xs: xs.map(x => x / 2 + 0.25), ys}]; })()";

            assertThat(browser.awaited("thin.table(" + lines + ", 600).map(each => each.length)"))
                    .isEqualTo(List.of(1200L, 1200L, 1200L));
            for (final int line : new int[]{1, 2})
                assertThat(
                        browser.awaited("(values => [Math.min(...values), Math.max(...values)])(thin.table(" + lines + ", 600)["
                                + line + "].filter(Number.isFinite))"))
                        .isEqualTo(List.of(-9L, 9L));
            assertThat(
                    browser.awaited("thin.table(" + lines + ", 600, [1000, 1100])[0].filter(x => x > 1000 && x <= 1100).length"))
                    .as("a part has columns of its own").isEqualTo(1200L);
            assertThat(browser.awaited("thin.table(" + lines + ", 600, [1000, 1100])[0].length")).isEqualTo(1800L);
            assertThat(browser.awaited("thin.table([{xs: [1, 2, 5], ys: [3, 4, 5]}, {xs: [2], ys: [7]}], 600)"))
                    .as("few points are drawn as they are")
                    .isEqualTo(Arrays.asList(List.of(1L, 2L, 5L), List.of(3L, 4L, 5L),
                            Arrays.asList(null, 7L, null)));
            assertThat(browser.awaited("thin.table([], 600)")).isEqualTo(List.of(List.of()));
        }
    }

    private static String answer(PageServer server, String question) throws IOException {
        try (InputStream in = URI.create(server.url() + "api/" + question).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static long asked(Browser browser, String path) {
        return number(browser, "performance.getEntriesByType('resource').filter(each => each.name.includes('/api/" + path
                + "?')).length");
    }

    private static long number(Browser browser, String expression) {
        return ((Number) browser.value(expression)).longValue();
    }

    private List<ProducerRecord<byte[], byte[]>> reports(int run, int first, int last) {
        final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = first; i <= last; i++) {
            final long step = (long) i * APART + run;
            records.add(broker.topics().progress().record(TrainingProgress.newBuilder().setRun(name(run)).setStream("train")
                    .setState(RunState.TRAINING).setStep(step).setSteps(100_000).setBatch(64).setNextSequence(step)
                    .setSavedSequence(0).setEpoch(step / 100.0).setLosses(Map.of("total", 1 + Math.sin(step / 300.0)))
                    .setLearningRate(0.001).setImagesPerSecond(900).setWaitingShare(0.01).setLeaseMillis(30_000)
                    .setAt(AT.plusSeconds(step)).build()));
        }
        return records;
    }

    private List<ProducerRecord<byte[], byte[]>> evaluations(int from, int to) {
        final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = from; i < to; i++)
            records.add(broker.topics().evaluations().record(Evaluation.newBuilder().setRun(name(i % RUNS))
                    .setStep((long) (i / RUNS) * 100).setSuite(i % 2 == 0 ? "knn" : "linear").setSettingsHash("hash")
                    .setMetrics(Map.of("top1", i / 5000.0)).setImages(2000).setDurationMillis(10).setCheckpointSha256("ab")
                    .setObjective("distill").setStream("val").setAt(AT.plusSeconds(i)).build()));
        return records;
    }

    private static String name(int run) {
        return String.format("run%02d", run);
    }

    private RecordSink sink() {
        broker.ensureEventTopics();
        return broker.sink("large-page", 8 << 20);
    }

    private PageServer server() {
        broker.ensureEventTopics();
        return PageServer.start(Settings.over(ConfigFactory.parseMap(Map.of("kafka.bootstrap.servers",
                SharedBroker.bootstrapServers(), "topics.prefix", prefix, "page.enabled", true, "page.address", "127.0.0.1:0",
                "trainer.checkpoints", checkpoints.toString())))).orElseThrow();
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(200));
    }
}
