package retort.place;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import retort.settings.Secrets;
import retort.settings.Section;
import retort.settings.SettingException;

/**
 * The settings under {@code places}.
 *
 * @param tokens bearer tokens by {@code host} or {@code host:port}, in lower case; never printed
 * @param timeout time without a byte after which a connection counts as broken
 * @param attempts number of attempts without a byte of progress
 * @param cache folder for copies of whole objects; empty for none
 * @param cacheBytes bytes of all copies together
 */
public record PlaceSettings(S3 s3, Map<String, String> tokens, Duration timeout, int attempts, Optional<Path> cache,
        long cacheBytes) {
    private static final String TOKENS = "https.tokens";

    /**
     * The settings of {@code s3://}.
     *
     * @param endpoint address of the server; empty for Amazon's own
     * @param region empty for the region of the environment or the profile
     * @param pathStyle true if the bucket stands in the path of an address, and not in its host
     * @param profile name of the profile in AWS's shared files; empty for the standard one
     * @param anonymous true if requests are not signed
     */
    public record S3(Optional<URI> endpoint, Optional<String> region, boolean pathStyle, Optional<String> profile,
            boolean anonymous) {
    }

    public PlaceSettings {
        tokens = Map.copyOf(tokens);
    }

    /** @throws SettingException if a value is not allowed */
    public static PlaceSettings from(Config whole) {
        final Section places = Section.of(whole, "places");
        final Section s3 = places.section("s3");
        final Optional<URI> endpoint = s3.optionalString("endpoint").map(text -> endpoint(s3, text));
        final String style = s3.oneOf("path-style", java.util.Set.of("auto", "true", "false"));
        return new PlaceSettings(
                new S3(endpoint, s3.optionalString("region"), style.equals("auto") ? endpoint.isPresent() : style.equals("true"),
                        s3.optionalString("profile"), s3.bool("anonymous")),
                tokens(whole), places.duration("timeout", Duration.ofMillis(100), Duration.ofMinutes(10)),
                places.integer("attempts", 1, 1000), places.optionalString("cache.folder").map(text -> folder(places, text)),
                places.bytes("cache.bytes", 1 << 20, 1L << 50));
    }

    private static Path folder(Section places, String text) {
        try {
            return Path.of(text).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw places.error("cache.folder", text, "must be a folder on a disk");
        }
    }

    private static URI endpoint(Section s3, String text) {
        try {
            final URI uri = new URI(text);
            if (uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null
                    && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())))
                return uri;
        } catch (URISyntaxException e) {
            // said below
        }
        throw s3.error("endpoint", Secrets.withoutPasswords(text),
                "must be http://HOST:PORT or https://HOST:PORT without a user and a query; credentials come from AWS's standard chain");
    }

    private static Map<String, String> tokens(Config whole) {
        final Secrets secrets = Secrets.of(whole);
        final Map<String, String> tokens = new HashMap<>();
        for (final Map.Entry<String, ConfigValue> entry : whole.getObject("places." + TOKENS).toConfig().entrySet()) {
            final String host = String.join(".", ConfigUtil.splitPath(entry.getKey()));
            final String token = secrets.value("places." + TOKENS + "." + entry.getKey(),
                    String.valueOf(entry.getValue().unwrapped())).strip();
            if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7F))
                throw new SettingException("setting places." + TOKENS + " for " + host
                        + ": the token must be one word of printable ASCII letters");
            tokens.put(host.toLowerCase(Locale.ROOT), token);
        }
        return tokens;
    }

    /** The settings without tokens. */
    @Override
    public String toString() {
        return "PlaceSettings[" + s3 + ", tokens for " + tokens.keySet() + ", " + timeout + ", " + attempts + ", " + cache + ", "
                + cacheBytes + "]";
    }
}
