package retort.evaluator.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import retort.digest.Sha256;

/**
 * The files of the page by their path, held in memory from the start. A path that is not listed here is not served, so no request names a
 * file. Immutable, so any thread may use it.
 */
final class Assets {
    static final String INDEX = "/";
    static final String SIGN_IN = "sign-in.html";
    private static final String FOLDER = "/retort/evaluator/page/";
    private static final String UPLOT = "/META-INF/maven/org.webjars.npm/uplot/pom.properties";
    private static final Map<String, String> TYPES = Map.of("html", "text/html; charset=utf-8", "css",
            "text/css; charset=utf-8", "js", "text/javascript; charset=utf-8", "svg", "image/svg+xml", "json", Answer.JSON);

    private final Map<String, Answer> byPath = new LinkedHashMap<>();
    private final Answer signIn;

    Assets() {
        byPath.put(INDEX, asset(FOLDER, "index.html"));
        for (final String name : text("files.txt").lines().toList())
            byPath.put("/" + name, asset(FOLDER, name));
        byPath.put("/api/openapi.json", asset(FOLDER, "openapi.json"));
        final String charts = "/META-INF/resources/webjars/uplot/" + version() + "/dist/";
        byPath.put("/uplot.js", asset(charts, "uPlot.esm.js"));
        byPath.put("/uplot.css", asset(charts, "uPlot.min.css"));
        this.signIn = asset(FOLDER, SIGN_IN);
    }

    /** @param known the entity tag that the browser already has; it gets 304 then */
    Optional<Answer> find(String path, Optional<String> known) {
        return Optional.ofNullable(byPath.get(path))
                .map(asset -> known.filter(tag -> tag.equals(asset.headers().get("ETag"))).isPresent()
                        ? new Answer(304, asset.type(), new byte[0], asset.headers())
                        : asset);
    }

    /** The page that asks for the token, with the status of a refusal. */
    Answer signIn() {
        return new Answer(401, signIn.type(), signIn.body(), Map.of("Cache-Control", "no-store", "WWW-Authenticate", "Bearer"));
    }

    private static Answer asset(String folder, String name) {
        final byte[] bytes = bytes(folder + name);
        final String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null)
            throw new IllegalStateException("no media type for " + name);
        return new Answer(200, type, bytes, Map.of("Cache-Control", "no-cache", "ETag", "\"" + Sha256.of(bytes) + "\""));
    }

    private static String version() {
        final Properties properties = new Properties();
        try (InputStream in = Assets.class.getResourceAsStream(UPLOT)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    private static String text(String name) {
        return new String(bytes(FOLDER + name), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String resource) {
        try (InputStream in = Assets.class.getResourceAsStream(resource)) {
            if (in == null)
                throw new IllegalStateException("resource " + resource + " is not on the class path");
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
