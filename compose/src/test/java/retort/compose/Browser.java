package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The Chromium of this machine without a window. Nothing is downloaded: where it or its driver is missing, a test is skipped. */
final class Browser implements AutoCloseable {
    private static final String AXE = "/META-INF/maven/org.webjars.npm/axe-core/pom.properties";
    private static final int DESKTOP = 1280;
    private static final int PHONE = 390;

    private final ChromeDriver driver;

    private Browser(Path chromium, Path chromedriver) {
        final LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        final ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.toString());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking",
                "--disable-component-update", "--no-first-run", "--hide-scrollbars");
        options.setCapability("goog:loggingPrefs", logs);
        this.driver = new ChromeDriver(
                new ChromeDriverService.Builder().usingDriverExecutable(chromedriver.toFile()).usingAnyFreePort().build(),
                options);
    }

    static Browser require() {
        final Optional<Path> chromium = find("chromium", "chromium-browser", "google-chrome");
        final Optional<Path> driver = find("chromedriver");
        assumeTrue(chromium.isPresent() && driver.isPresent(),
                "skipped: no Chromium with its driver on the PATH (Debian's packages are chromium and chromium-driver)");
        return new Browser(chromium.orElseThrow(), driver.orElseThrow());
    }

    private static Optional<Path> find(String... names) {
        return List.of(System.getenv("PATH").split(java.io.File.pathSeparator)).stream().map(Path::of)
                .flatMap(folder -> List.of(names).stream().map(folder::resolve)).filter(Files::isExecutable).findFirst();
    }

    void open(String url) {
        driver.get(url);
    }

    /** The value of a JavaScript expression. */
    Object value(String expression) {
        return driver.executeScript("return " + expression);
    }

    /** The value of a promise, in a function of the page that has the modules {@code thin} and {@code store}. */
    Object awaited(String expression) {
        return driver.executeAsyncScript("const done = arguments[arguments.length - 1];"
                + "Promise.all([import('./thin.js'), import('./store.js')]).then(([thin, { store }]) => " + expression
                + ").then(done, error => done(String(error)))");
    }

    /** Draws the pointer over an element, from one share of its width to another. */
    void drag(String selector, double from, double to) {
        final WebElement element = driver.findElement(By.cssSelector(selector));
        driver.executeScript("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element);
        final int width = element.getSize().getWidth();
        new Actions(driver).moveToElement(element, (int) ((from - 0.5) * width), 0).clickAndHold()
                .moveToElement(element, (int) ((to - 0.5) * width), 0).release().perform();
    }

    void doubleClick(String selector) {
        new Actions(driver).doubleClick(driver.findElement(By.cssSelector(selector))).perform();
    }

    String text(String selector) {
        return String.valueOf(value("document.querySelector('" + selector + "')?.textContent"));
    }

    long count(String selector) {
        return (Long) value("document.querySelectorAll('" + selector + "').length");
    }

    /** The lines of the console since the last call, without those that a cut connection leaves. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(line -> line.getLevel().intValue() >= Level.WARNING.intValue()).map(LogEntry::getMessage)
                .filter(line -> !line.contains("net::ERR_") && !line.contains("willReadFrequently")).toList();
    }

    void press(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
    }

    void show(boolean phone, boolean dark) {
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
                Map.of("width", phone ? PHONE : DESKTOP, "height", phone ? 844 : 900, "deviceScaleFactor", 1, "mobile", phone));
        driver.executeCdpCommand("Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    /** The faults that axe-core finds by the rules of WCAG 2.1 A and AA and its best practices. */
    List<?> inaccessible() {
        driver.executeScript(resource("/META-INF/resources/webjars/axe-core/" + version() + "/axe.min.js"));
        return (List<?>) driver.executeAsyncScript("const done = arguments[arguments.length - 1];"
                + "axe.run().then(found => done(found.violations.map(each => each.id + ': ' + each.nodes.map(node => node.html).join(' '))))");
    }

    /** A picture of the page, also of what a window would have to be scrolled to. */
    void picture(Path file) throws IOException {
        final Map<String, Object> size = Map.of("x", 0, "y", 0, "width", value("innerWidth"), "height",
                value("document.documentElement.scrollHeight"), "scale", 1);
        final Object png = driver.executeCdpCommand("Page.captureScreenshot",
                Map.of("format", "png", "captureBeyondViewport", true, "clip", size)).get("data");
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(String.valueOf(png)));
        assertThat(file).isNotEmptyFile();
    }

    private static String version() {
        return resource(AXE).lines().filter(line -> line.startsWith("version=")).findFirst().orElseThrow().substring(8);
    }

    private static String resource(String name) {
        try (InputStream in = Browser.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}
