package retort.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Tells which settings hold secrets, so that they are never printed. A key under {@code kafka}, and one of Kafka's under
 * {@code schema-registry}, is secret if Kafka gives it the type PASSWORD. A key that Kafka does not know is secret if its name suggests it. {@code secret-keys} names further ones.
 * <p>
 * Immutable, so any thread may use it.
 */
public final class Secrets {
    /** The text that replaces a secret. As a setting's value it is refused, because it can only come from a printed page. */
    public static final String MASK = "********";

    private static final String KAFKA = "kafka.";
    private static final String TOKENS = "places.https.tokens.";
    private static final String REGISTRY = "schema-registry.";
    /** Secrets of Retort's own. */
    private static final Set<String> OWN = Set.of("evaluator.webhook.secret", "page.token", REGISTRY + "basic-auth",
            REGISTRY + "token");
    private static final String FILE = "file:";
    private static final int MOST_FILE_BYTES = 1 << 20;

    /** The beginning of a key that is for one kind of client, such as {@code kafka.producer.linger.ms}. */
    private static final Pattern ONE_CLIENT = Pattern.compile("^(producer|consumer|admin)\\.");

    private static final Pattern TELLING_NAME = Pattern
            .compile("passw|passphrase|secret|token|credential|jaas|private|api[._-]?key|user\\.info");

    /** Matches {@code scheme://user:password@host}. The password has no white space or {@code @}. A port before a path does not match. */
    private static final Pattern IN_URL = Pattern.compile("(://[^\\s/:@]*):(?!\\d{1,5}/)[^\\s@]*@");
    /** Matches {@code user:password@host} without a scheme. */
    private static final Pattern IN_ADDRESS = Pattern.compile("([^\\s/:@,\"'=]+):[^\\s/@,\"']+@(?=[\\w\\[])");

    /** Matches the parts of a query that sign an address or hold a token: {@code ?X-Amz-Signature=...&sig=...}. */
    private static final Pattern IN_QUERY = Pattern.compile(
            "([?&][^=&\\s]*(?:sig|token|secret|credential|passw|key|auth|policy)[^=&\\s]*=)[^&\\s\"')>,]+",
            Pattern.CASE_INSENSITIVE);

    private static final Map<String, ConfigDef.Type> KAFKA_TYPES = kafkaTypes();

    private final List<String> named;

    private Secrets(List<String> named) {
        this.named = named;
    }

    /** @param whole all settings; its key {@code secret-keys} is read */
    public static Secrets of(Config whole) {
        return new Secrets(List.copyOf(whole.getStringList("secret-keys")));
    }

    private static Map<String, ConfigDef.Type> kafkaTypes() {
        final Map<String, ConfigDef.Type> types = new TreeMap<>();
        for (final ConfigDef client : List.of(ProducerConfig.configDef(), ConsumerConfig.configDef(),
                AdminClientConfig.configDef()))
            client.configKeys().forEach((key, definition) -> types.put(key, definition.type()));
        return Map.copyOf(types);
    }

    /** @param path the key's path, in the form of {@link Config#entrySet} */
    public boolean isSecret(String path) {
        final String key = String.join(".", ConfigUtil.splitPath(path));
        if (named.contains(key) || key.startsWith(TOKENS) || OWN.contains(key))
            return true;
        if (key.startsWith(REGISTRY))
            return KAFKA_TYPES.get(key.substring(REGISTRY.length())) == ConfigDef.Type.PASSWORD;
        if (!key.startsWith(KAFKA))
            return false;
        final String property = ONE_CLIENT.matcher(key.substring(KAFKA.length())).replaceFirst("");
        final ConfigDef.Type type = KAFKA_TYPES.get(property);
        return type == null ? TELLING_NAME.matcher(property.toLowerCase(Locale.ROOT)).find() : type == ConfigDef.Type.PASSWORD;
    }

    /** The printable form of {@code value}: a secret is masked, except for a {@code file:} reference. */
    public String shown(String path, String value) {
        if (isSecret(path))
            return value.isEmpty() || value.startsWith(FILE) ? value : MASK;
        return withoutPasswords(value);
    }

    /**
     * A copy of {@code text} in which the password of every {@code user:password@} is masked, and the signature and the token of every
     * signed address.
     */
    public static String withoutPasswords(String text) {
        final String unsigned = text.contains("://") && text.indexOf('?') >= 0
                ? IN_QUERY.matcher(text).replaceAll("$1" + MASK)
                : text;
        return unsigned.indexOf('@') < 0
                ? unsigned
                : IN_ADDRESS.matcher(IN_URL.matcher(unsigned).replaceAll("$1:" + MASK + "@")).replaceAll("$1:" + MASK + "@");
    }

    /**
     * The value that a client receives. If a secret is written as {@code file:PATH}, its value is the content of that file, without the
     * line break at its end. Blocks if it reads a file.
     *
     * @throws SettingException if the file cannot be read, or if the value is the mask of a printed page
     */
    public String value(String path, String given) {
        if (given.equals(MASK))
            throw new SettingException("setting " + path + " is " + MASK + ", as 'retort settings' prints a secret: give the"
                    + " secret itself, or a reference to it (${NAME} for an environment variable, file:PATH for a file)");
        if (!given.startsWith(FILE) || !isSecret(path))
            return given;
        final String location = given.substring(FILE.length());
        try {
            final Path file = Path.of(location);
            if (Files.size(file) > MOST_FILE_BYTES)
                throw new SettingException("setting " + path + " = " + given + ": the file has " + Files.size(file)
                        + " bytes; a secret has " + MOST_FILE_BYTES + " at most");
            return Files.readString(file).replaceFirst("\\R\\z", "");
        } catch (IOException | InvalidPathException e) {
            throw new SettingException(
                    "setting " + path + " = " + given + ": the file with the secret cannot be read (" + e + ")");
        }
    }
}
