package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import retort.broker.Link;

/** A person who watches a local run in a browser from its first step to its end, over a link that breaks. */
final class BrowserTest {
    private static final Pattern PAGE = Pattern.compile("page http://127\\.0\\.0\\.1:(\\d+)/");
    private static final Path PICTURES = Path.of("target", "page");
    private static final String RUNS = "#runs .card";
    private static final String SCORES = "#scores tbody tr";

    @TempDir
    private Path directory;

    @Test
    void aRunIsSeenLiveAcrossABrokenLinkByEverybody() throws Exception {
        try (Browser browser = Browser.require();
                RetortProcess local = local()) {
            patiently().until(() -> port(local) > 0);
            try (Link link = Link.to(port(local))) {
                browser.show(false, false);
                browser.open("http://" + link.address() + "/");
                patiently().until(() -> browser.text("#connection").equals("live"));
                browser.value("(window.neverReloaded = true)");

                // Curves move and an evaluation arrives.
                patiently().until(() -> browser.count(RUNS) > 0 && browser.count("#training canvas") > 0);
                final String curve = latest(browser);
                patiently().until(() -> !latest(browser).equals(curve));
                final long scored = browser.count(SCORES);
                patiently().until(() -> browser.count(SCORES) > scored);
                assertThat(browser.complaints()).isEmpty();

                // The link breaks. The page says so, tries again, and misses nothing.
                link.refuse();
                patiently().until(() -> browser.text("#connection").startsWith("connection lost"));
                link.restore();
                patiently().until(() -> browser.text("#connection").equals("live"));
                patiently().until(() -> browser.text("#runs").contains("150 of 150 steps") && browser.count(RUNS) == 3
                        && browser.count(RUNS + " .badge[data-state=finished]") == 3);
                patiently().until(() -> local.out().contains("Ctrl-C ends this"));
                assertThat(browser.value("window.neverReloaded")).isEqualTo(true);

                theSectionsAreFilled(browser);
                theKeyboardIsEnough(browser);
                everybodyCanReadIt(browser);
                assertThat(browser.complaints()).isEmpty();
            }
            local.terminate();
            assertThat(local.await(Duration.ofMinutes(1))).as(local.err()).isZero();
        }
    }

    private static void theSectionsAreFilled(Browser browser) {
        patiently().until(() -> browser.count(SCORES) >= 10);
        assertThat(browser.text("#scores")).contains("raw pixels (yardstick)", "k-NN top-1");
        assertThat(browser.text("#promotions")).contains("knn.top1");
        patiently().untilAsserted(
                () -> assertThat(browser.text("#stands")).contains("Nothing waits.", "Nothing was rejected.", "train"));
        patiently().until(() -> browser.text("#settings").contains("objective"));
        patiently().until(() -> (Boolean) browser.value(
                "[...document.querySelectorAll('#pictures img')].length > 0 && [...document.querySelectorAll('#pictures img')].every(img => img.naturalWidth > 0)"));
    }

    private static void theKeyboardIsEnough(Browser browser) {
        browser.value("document.getElementById('step-of-pictures').focus()");
        final String last = browser.text("#pictures output");
        browser.press(Keys.ARROW_LEFT);
        assertThat(browser.text("#pictures output")).isNotEqualTo(last);
        browser.press(Keys.ARROW_RIGHT);
        assertThat(browser.text("#pictures output")).isEqualTo(last);
        browser.value("document.querySelector('#runs input').focus()");
        browser.press(Keys.SPACE);
        patiently().until(() -> browser.count("#training .chart.wide .legend li") == 2);
        browser.press(Keys.SPACE);
        patiently().until(() -> browser.count("#training .chart.wide .legend li") == 3);
    }

    private static void everybodyCanReadIt(Browser browser) throws Exception {
        for (final boolean phone : new boolean[]{false, true})
            for (final boolean dark : new boolean[]{false, true}) {
                browser.show(phone, dark);
                final String as = (phone ? "phone" : "desktop") + (dark ? "-dark" : "-light");
                patiently().until(() -> browser.value("document.documentElement.dataset.theme").equals(dark ? "dark" : "light"));
                patiently().until(() -> (Boolean) browser.value(
                        "[...document.querySelectorAll('.canvas')].every(each => each.scrollWidth <= each.clientWidth)"));
                assertThat((Boolean) browser.value("document.documentElement.scrollWidth <= innerWidth"))
                        .as(as + " has no sideways scroll")
                        .isTrue();
                assertThat(browser.inaccessible()).as(as).isEmpty();
                browser.picture(PICTURES.resolve(as + ".png"));
            }
    }

    /** The last values of the first chart, as a screen reader reads them. */
    private static String latest(Browser browser) {
        return String.valueOf(browser.value("document.querySelector('#training .canvas').getAttribute('aria-label')"));
    }

    private static int port(RetortProcess local) {
        final Matcher page = PAGE.matcher(local.out());
        return page.find() ? Integer.parseInt(page.group(1)) : 0;
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofMinutes(4)).pollInterval(Duration.ofMillis(200));
    }

    /** A small teacher, a student distilled from it and the same student by reconstruction alone, on a few hundred images. */
    private RetortProcess local() throws Exception {
        final String student = "model={width=16,depth=4,heads=2,patch=4},decoder={width=16,depth=1,heads=2}";
        return RetortProcess.start(directory, "local", "--data", "data", "--seed", "1", "--stay",
                "--set", "ingest.samples=600", "--set", "ingest.val.samples=100", "--set", "ingest.probe.samples=600", "--set",
                "trainer.batch=16",
                "--set", "trainer.progress-every=200ms", "--set", "trainer.steps=150", "--set",
                "evaluator.suites=[knn,reconstruction,classification]", "--set", "trainer.runs=["
                        + "{name=teacher,objective=pretrain,model={width=32,depth=4,heads=2,patch=4},decoder={width=16,depth=1,heads=2}},"
                        + "{name=student,objective=distill,teacher=\"run:teacher\"," + student + "},"
                        + "{name=student-mae,objective=pretrain," + student + "}]");
    }
}
