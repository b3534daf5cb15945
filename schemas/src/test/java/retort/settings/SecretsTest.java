package retort.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.kafka.KafkaSettings;

final class SecretsTest {
    private static final String HIDDEN = "hunter2";

    @TempDir
    private Path directory;

    /** Uses the types of keys in Kafka's clients 4.4.0. */
    @Test
    void whatKafkaCallsAPasswordIsNeverPrintedWhateverItsName() {
        for (final String key : List.of("ssl.key.password", "ssl.keystore.password", "ssl.truststore.password",
                "ssl.keystore.key",
                "ssl.keystore.certificate.chain", "ssl.truststore.certificates", "sasl.jaas.config"))
            for (final String client : List.of("", "producer.", "consumer.", "admin."))
                assertThat(page(List.of("kafka." + client + key + "=" + HIDDEN))).as(client + key).contains(Secrets.MASK)
                        .doesNotContain(HIDDEN);
    }

    @Test
    void anUnknownKeyIsSecretWhereItsNameSaysSoOrTheUserDoes() {
        for (final String key : List.of("kafka.interceptor.api-key", "kafka.basic.auth.user.info", "kafka.my.Secret",
                "kafka.vault.token",
                "kafka.consumer.interceptor.passphrase"))
            assertThat(page(List.of(key + "=" + HIDDEN))).as(key).doesNotContain(HIDDEN);
        assertThat(page(List.of("kafka.interceptor.salt=" + HIDDEN))).contains(HIDDEN);
        assertThat(page(List.of("kafka.interceptor.salt=" + HIDDEN, "secret-keys=[kafka.interceptor.salt]")))
                .doesNotContain(HIDDEN);
        assertThat(page(List.of("topics.prefix=" + HIDDEN, "secret-keys=[topics.prefix]"))).doesNotContain(HIDDEN);
    }

    @Test
    void whatIsNoSecretIsPrintedThoughItsNameHoldsSuchAWord() {
        assertThat(page(
                List.of("kafka.sasl.oauthbearer.token.endpoint.url=http://auth/x", "kafka.sasl.login.refresh.window.jitter=0.05",
                        "kafka.delegation.period=1")))
                .contains("http://auth/x").contains("0.05").doesNotContain(Secrets.MASK);
    }

    @Test
    void aPasswordInAnAddressIsMaskedInPagesAndErrors() {
        assertThat(Secrets
                .withoutPasswords("cannot reach https://me:hunter2@host:8081/x, sasl://:hunter2@b and me:hunter2@host:9092"))
                .isEqualTo("cannot reach https://me:********@host:8081/x, sasl://:********@b and me:********@host:9092");
        assertThat(Secrets.withoutPasswords("https://me:hunter/2:x@host")).doesNotContain("hunter");
        for (final String harmless : List.of("topic-0@17", "retort.raw.a-3@42: key x", "a@b.org", "http://host:80/a@b"))
            assertThat(Secrets.withoutPasswords(harmless)).isEqualTo(harmless);
        assertThat(page(List.of("kafka.some.url=https://me:hunter2@host"))).contains("https://me:********@host");
    }

    @Test
    void thePageLoadedAsAFileGivesTheSameSettings() throws IOException {
        final List<String> given = List.of("kafka.bootstrap.servers=a:1,b:2", "kafka.client.rack=0123", "kafka.linger.ms=5",
                "seed=7",
                "topics.prefix=\"\"", "kafka.ssl.key.password=file:" + secret("x"));
        final Path page = Files.writeString(directory.resolve("page.conf"), page(given));
        final Config again = Settings.load(Optional.of(page), List.of());
        assertThat(again).isEqualTo(Settings.load(Optional.empty(), given));
        assertThat(SettingsPage.of(Settings.parse(page))).isEqualTo(Files.readString(page));
        assertThat(KafkaSettings.from(again).properties()).containsEntry("ssl.key.password", "x").containsEntry("client.rack",
                "0123");
    }

    /** The variable PATH exists on every machine, so its value serves as the secret. */
    @Test
    void aReferenceToTheEnvironmentStaysOneInThePageAndIsResolvedForTheClient() throws IOException {
        final Path file = Files.writeString(directory.resolve("a.conf"),
                """
                        kafka { ssl.key.password = ${PATH}, sasl.jaas.config = "login password="${PATH}";", client.rack = ${?NO_SUCH_VARIABLE} }
                        """);
        final String page = SettingsPage.of(Settings.parse(file));
        assertThat(page).contains("${PATH}").doesNotContain(System.getenv("PATH"));
        final Path again = Files.writeString(directory.resolve("again.conf"), page);
        final Map<String, String> properties = KafkaSettings.from(Settings.load(Optional.of(again), List.of())).properties();
        assertThat(properties).containsEntry("ssl.key.password", System.getenv("PATH"))
                .containsEntry("sasl.jaas.config", "login password=" + System.getenv("PATH") + ";")
                .doesNotContainKey("client.rack")
                .isEqualTo(KafkaSettings.from(Settings.load(Optional.of(file), List.of())).properties());
    }

    @Test
    void aMaskedPageIsRefusedWithTheKey() throws IOException {
        final Path page = Files.writeString(directory.resolve("page.conf"), page(List.of("kafka.ssl.key.password=" + HIDDEN)));
        final Config again = Settings.load(Optional.of(page), List.of());
        assertThatThrownBy(() -> KafkaSettings.from(again)).isInstanceOf(SettingException.class)
                .hasMessageContaining("ssl.key.password").hasMessageContaining("file:PATH");
    }

    @Test
    void aFileWithASecretThatIsNotThereIsNamed() {
        final Config whole = Settings.load(Optional.empty(), List.of("kafka.ssl.key.password=file:" + directory.resolve("none")));
        assertThatThrownBy(() -> KafkaSettings.from(whole)).isInstanceOf(SettingException.class)
                .hasMessageContaining("ssl.key.password").hasMessageContaining("none");
    }

    private Path secret(String text) throws IOException {
        return Files.writeString(directory.resolve("secret"), text + "\n");
    }

    private static String page(List<String> overrides) {
        return SettingsPage.of(Settings.overrides(overrides));
    }
}
