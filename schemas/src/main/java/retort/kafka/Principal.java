package retort.kafka;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/** The name under which the cluster knows this process, as far as the settings contain it. */
final class Principal {
    private static final Pattern USERNAME = Pattern.compile("username\\s*=\\s*(?:\"([^\"]*)\"|([^\\s;\"]+))");

    private Principal() {
    }

    /** A name such as {@code User:ingest}, or {@code User:NAME} if only the broker knows the name. */
    static String of(KafkaSettings kafka) {
        final String protocol = kafka.properties().getOrDefault(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT")
                .toUpperCase(Locale.ROOT);
        if (protocol.equals("PLAINTEXT"))
            return "User:ANONYMOUS";
        final Matcher username = USERNAME.matcher(kafka.properties().getOrDefault(SaslConfigs.SASL_JAAS_CONFIG, ""));
        if (protocol.startsWith("SASL") && username.find())
            return "User:" + (username.group(1) == null ? username.group(2) : username.group(1));
        final boolean certificate = kafka.properties().containsKey(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG)
                || kafka.properties().containsKey(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG);
        return protocol.equals("SSL") && !certificate ? "User:ANONYMOUS" : "User:NAME";
    }
}
