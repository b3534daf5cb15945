package retort.registry;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import retort.settings.Secrets;
import retort.settings.Section;
import retort.settings.SettingException;

/**
 * The settings under {@code schema-registry}; reference.conf describes them.
 *
 * @param url address of the REST interface, without a slash at its end
 * @param authorization value of the header Authorization; empty for none; never printed
 * @param tls trust and keys for https; empty for Java's own
 * @param timeout longest time of one attempt
 * @param attempts number of attempts
 */
public record RegistrySettings(URI url, Optional<String> authorization, Optional<SSLContext> tls, Duration timeout,
        int attempts) {
    private static final String ROOT = "schema-registry";
    private static final String SASL = "sasl";
    /** Kafka's properties of trust and of a client's own certificate. */
    private static final List<String> TLS_KEYS = List.of(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG,
            SslConfigs.SSL_TRUSTSTORE_PASSWORD_CONFIG, SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG,
            SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG,
            SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG, SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, SslConfigs.SSL_KEYSTORE_KEY_CONFIG,
            SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, SslConfigs.SSL_KEY_PASSWORD_CONFIG);

    /**
     * Empty if {@code schema-registry.url} is "". Reads the files that the settings name.
     *
     * @throws SettingException if a value is not allowed; no message holds a secret
     */
    public static Optional<RegistrySettings> from(Config whole) {
        final Section section = Section.of(whole, ROOT);
        final Optional<String> authorization = authorization(whole, section);
        final Optional<SSLContext> tls = tls(whole);
        final Duration timeout = section.duration("timeout", Duration.ofMillis(100), Duration.ofMinutes(10));
        final int attempts = section.integer("attempts", 1, 1000);
        return section.optionalString("url")
                .map(text -> new RegistrySettings(url(section, text), authorization, tls, timeout, attempts));
    }

    private static URI url(Section section, String text) {
        try {
            final URI uri = new URI(text.replaceFirst("/+$", ""));
            if (uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null && uri.getFragment() == null
                    && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())))
                return uri;
        } catch (URISyntaxException e) {
            // said below
        }
        throw section.error("url", Secrets.withoutPasswords(text),
                "must be http://HOST:PORT or https://HOST:PORT, with a path but"
                        + " without a user and a query; credentials belong in schema-registry.basic-auth or schema-registry.token");
    }

    private static Optional<String> authorization(Config whole, Section section) {
        final String basic = secret(whole, section, "basic-auth");
        final String token = secret(whole, section, "token");
        if (!basic.isEmpty() && !token.isEmpty())
            throw new SettingException(
                    "settings schema-registry.basic-auth and schema-registry.token are both given: give one of them");
        if (!token.isEmpty())
            return Optional.of("Bearer " + token);
        if (basic.isEmpty())
            return Optional.empty();
        final String pair = basic.equals(SASL) ? inherited(whole) : basic;
        if (pair.indexOf(':') < 1)
            throw new SettingException("setting schema-registry.basic-auth must be USER:PASSWORD, or " + SASL
                    + " for the user and the password of kafka.sasl.jaas.config");
        return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }

    private static String secret(Config whole, Section section, String key) {
        final String value = Secrets.of(whole).value(section.name(key), section.string(key)).strip();
        if (value.chars().anyMatch(c -> c < ' ' || c == 0x7F))
            throw new SettingException("setting " + section.name(key) + " holds a line break or another control character");
        return value;
    }

    /** The user and the password of Kafka's own login. */
    private static String inherited(Config whole) {
        final String key = ConfigUtil.joinPath("kafka", SaslConfigs.SASL_JAAS_CONFIG);
        try {
            if (whole.hasPath(key)) {
                final String login = Secrets.of(whole).value(key, whole.getString(key));
                final List<AppConfigurationEntry> entries = JaasContext
                        .loadClientContext(Map.of(SaslConfigs.SASL_JAAS_CONFIG, new Password(login))).configurationEntries();
                final Map<String, ?> options = entries.getFirst().getOptions();
                if (options.get("username") instanceof String user && options.get("password") instanceof String password)
                    return user + ":" + password;
            }
        } catch (KafkaException | IllegalArgumentException e) {
            // said below, without the text of the login
        }
        throw new SettingException("setting schema-registry.basic-auth is " + SASL
                + ", but kafka.sasl.jaas.config has no username and password: set it, or give USER:PASSWORD");
    }

    private static Optional<SSLContext> tls(Config whole) {
        final Secrets secrets = Secrets.of(whole);
        final Map<String, String> given = new TreeMap<>();
        for (final Map.Entry<String, ConfigValue> entry : whole.getConfig(ROOT + ".ssl").entrySet()) {
            final String key = "ssl." + String.join(".", ConfigUtil.splitPath(entry.getKey()));
            if (!TLS_KEYS.contains(key))
                throw new SettingException("unknown setting " + ROOT + "." + key + ": known here are " + TLS_KEYS);
            final String value = secrets.value(ROOT + "." + key, String.valueOf(entry.getValue().unwrapped()));
            if (key.endsWith(".location") && !new File(value).canRead())
                throw new SettingException(ROOT + "." + key, value, "must be a file that can be read");
            given.put(key, value);
        }
        if (given.isEmpty())
            return Optional.empty();
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(new AbstractConfig(new ConfigDef().withClientSslSupport(), given, false).values());
            return Optional.of(factory.sslContext());
        } catch (KafkaException e) {
            throw new SettingException("settings " + ROOT + "." + given.keySet() + " cannot be used: " + e.getMessage()
                    + (e.getCause() == null ? "" : " (" + e.getCause().getMessage() + ")"));
        }
    }

    /** The settings without secrets. */
    @Override
    public String toString() {
        return "RegistrySettings[" + url + ", " + timeout + ", " + attempts + "]";
    }
}
