package retort.evaluator.webhook;

import com.typesafe.config.Config;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import retort.settings.Secrets;
import retort.settings.Section;

/**
 * The settings under {@code evaluator.webhook}; reference.conf describes them. Not for logs, because it holds a secret.
 *
 * @param url receives the events
 * @param secret key of the signatures; empty for none
 * @param timeout longest time of one attempt
 * @param attempts attempts to deliver one event
 * @param pause pause after the first attempt; it doubles up to a minute
 */
record WebhookSettings(URI url, String secret, Duration timeout, int attempts, Duration pause) {
    private static final String PATH = "evaluator.webhook";

    /** @return empty if no URL is set. @throws retort.settings.SettingException if a value is not allowed */
    static Optional<WebhookSettings> from(Config whole) {
        final Section section = Section.of(whole, PATH);
        final String secret = Secrets.of(whole).value(PATH + ".secret", section.string("secret"));
        final Duration timeout = section.duration("timeout", Duration.ofMillis(100), Duration.ofMinutes(5));
        final int attempts = section.integer("attempts", 1, 1000);
        final Duration pause = section.duration("pause", Duration.ofMillis(1), Duration.ofMinutes(1));
        return section.optionalString("url")
                .map(url -> new WebhookSettings(uri(section, url), secret, timeout, attempts, pause));
    }

    private static URI uri(Section section, String url) {
        try {
            final URI uri = URI.create(url);
            final String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            if (uri.getHost() != null && uri.getUserInfo() == null && (scheme.equals("http") || scheme.equals("https")))
                return uri;
        } catch (IllegalArgumentException e) {
            throw section.error("url", Secrets.withoutPasswords(url),
                    "must be an http:// or https:// address: " + e.getMessage());
        }
        throw section.error("url", Secrets.withoutPasswords(url), "must be an http:// or https:// address without a user");
    }

    /** The receiver without its path and query, which may hold a token. */
    String receiver() {
        return url.getScheme() + "://" + url.getAuthority();
    }

    @Override
    public String toString() {
        return "webhook " + receiver();
    }
}
