package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.EmbeddedBroker;
import retort.record.Stream;

/** Brokers that refuse, do not answer, or name unreachable addresses. The test checks the error message of each case. */
class SentencesTest {
    private static final Duration SHORT = Duration.ofMillis(1500);
    private static final String JAAS = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"";

    @TempDir
    Path directory;

    @Test
    void anAdvertisedListenerThatLeadsNowhereIsNamed() {
        final int port;
        try (EmbeddedBroker server = EmbeddedBroker.start(directory)) {
            port = port(server);
            Broker.at(server.bootstrapServers(), "r.").ensureEventTopics();
        }
        try (EmbeddedBroker server = EmbeddedBroker.start(directory, port,
                Map.of("advertised.listeners", "PLAINTEXT://127.0.0.1:1"))) {
            final Broker broker = Broker.at(server.bootstrapServers(), "r.").withTimeout(SHORT);
            for (final Runnable attempt : attempts(broker))
                assertThatThrownBy(attempt::run).isInstanceOf(BrokerUnreachableException.class)
                        .hasMessage("the broker at " + server.bootstrapServers() + " answers, but sends its clients on to "
                                + "127.0.0.1:1: connection refused: set advertised.listeners of the brokers to addresses that"
                                + " this machine reaches");
        }
    }

    @Test
    void somebodyWhoIsNoBrokerIsNotTakenForNobody() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            final Broker broker = Broker.at("127.0.0.1:" + mute.getLocalPort(), "r.").withTimeout(SHORT);
            assertThatThrownBy(broker::ensureEventTopics).isInstanceOf(BrokerUnreachableException.class)
                    .hasMessageContaining("127.0.0.1:" + mute.getLocalPort() + " somebody accepts connections")
                    .hasMessageContaining("security.protocol = PLAINTEXT");
        }
    }

    @Test
    void anUnknownHostIsNamed() {
        for (final Runnable attempt : attempts(Broker.at("nosuch.invalid:9092", "r.").withTimeout(SHORT)))
            assertThatThrownBy(attempt::run).isInstanceOf(BrokerUnreachableException.class)
                    .hasMessageContaining("no name server knows the host of nosuch.invalid:9092");
    }

    @Test
    void aCertificateThatIsNotTrustedAndATlsListenerThatIsSpokenToPlainlyAreNamed() throws Exception {
        final String keys = directory.resolve("keys.p12").toString();
        final String trust = directory.resolve("trust.p12").toString();
        final String certificate = directory.resolve("certificate").toString();
        keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=127.0.0.1", "-ext", "SAN=IP:127.0.0.1", "-keystore", keys);
        keytool("-exportcert", "-file", certificate, "-keystore", keys);
        keytool("-importcert", "-noprompt", "-file", certificate, "-keystore", trust);
        try (EmbeddedBroker server = EmbeddedBroker.start(directory.resolve("data"), 0, Map.of(
                "listener.security.protocol.map", "PLAINTEXT:SSL,CONTROLLER:PLAINTEXT", "ssl.keystore.location", keys,
                "ssl.keystore.password", "secret", "ssl.key.password", "secret", "ssl.truststore.location", trust,
                "ssl.truststore.password", "secret"))) {
            final Broker plain = Broker.at(server.bootstrapServers(), "r.").withTimeout(SHORT);
            assertThatThrownBy(plain::ensureEventTopics).isInstanceOf(BrokerUnreachableException.class)
                    .hasMessageContaining("security.protocol = PLAINTEXT");
            final Broker stranger = with(server, Map.of("security.protocol", "SSL"));
            for (final Runnable attempt : attempts(stranger))
                assertThatThrownBy(attempt::run).isInstanceOf(BrokerException.class)
                        .hasMessageContaining("the TLS handshake with the broker at " + server.bootstrapServers() + " has failed")
                        .hasMessageContaining("kafka.ssl.truststore.location");
            with(server,
                    Map.of("security.protocol", "SSL", "ssl.truststore.location", trust, "ssl.truststore.password", "secret"))
                    .ensureEventTopics();
        }
    }

    @Test
    void aCoordinatorThatIsNotThereIsNamed() {
        try (EmbeddedBroker server = EmbeddedBroker.start(directory, 0,
                Map.of("transaction.state.log.replication.factor", "3"))) {
            final Broker broker = Broker.at(server.bootstrapServers(), "r.").withTimeout(SHORT);
            broker.ensureEventTopics();
            assertThatThrownBy(() -> broker.transactionalSink("ingest", 1 << 20)).isInstanceOf(BrokerException.class)
                    .hasMessageContaining("the broker at " + server.bootstrapServers() + " answers")
                    .hasMessageContaining("claim transactional id r.ingest").hasMessageContaining("__transaction_state")
                    .hasMessageContaining("transaction.state.log.replication.factor");
        }
    }

    /** Uses SASL and an authorizer. Rights are missing one after another, and each denial contains the command that grants the right. */
    @Test
    void credentialsAndRightsThatAreMissingAreNamed() {
        try (EmbeddedBroker server = EmbeddedBroker.start(directory, 0, secured())) {
            final Broker wrong = with(server, sasl("ingest", "no"));
            for (final Runnable attempt : attempts(wrong))
                assertThatThrownBy(attempt::run).isInstanceOf(BrokerException.class)
                        .hasMessageContaining(
                                "the broker at " + server.bootstrapServers() + " refuses the credentials of User:ingest")
                        .hasMessageContaining("kafka.sasl.jaas.config");

            final Broker admin = with(server, sasl("admin", "admin"));
            final Broker ingest = with(server, sasl("ingest", "ingest"));
            final Stream train = TestStream.stream("train", 1);
            denied(ingest::ensureEventTopics, "--operation Describe --topic r.streams");
            grant(admin, ResourceType.TOPIC, "r.", AclOperation.DESCRIBE);
            denied(ingest::ensureEventTopics, "--operation Create --topic r.streams");
            admin.ensureEventTopics();
            admin.ensureImages("train", 1, -1, 1 << 20);
            ingest.ensureEventTopics(); // all topics exist, so neither the right to create nor the right to read settings is needed
            admin.streams().publish(train);
            denied(() -> ingest.table(ingest.topics().streams()), "--operation Read --topic r.streams");
            denied(() -> ingest.follow(ingest.topics().streams(), From.EARLIEST, "s").blockFirst(SHORT),
                    "--operation Read --topic r.streams");
            denied(() -> ingest.transactionalSink("ingest.train", 1 << 20),
                    "--operation Write --transactional-id r.ingest.train");
            grant(admin, ResourceType.TRANSACTIONAL_ID, "r.", AclOperation.WRITE);
            try (RecordSink sink = ingest.transactionalSink("ingest.train", 1 << 20)) {
                denied(() -> sink.sendAll(TestStream.batches(ingest.topics(), train, 0, 1, 10)).block(Duration.ofSeconds(20)),
                        "--operation Write --topic r.images.train");
                grant(admin, ResourceType.TOPIC, "r.", AclOperation.WRITE);
                sink.sendAll(TestStream.batches(ingest.topics(), train, 0, 1, 10)).block(Duration.ofSeconds(20));
            }
            // The right to read settings is granted by now, but not the right to change them.
            admin.ask(client -> Broker.await(client.deleteTopics(List.of("r.positions")).all()));
            admin.ask(client -> Broker.await(client.createTopics(List.of(
                    new org.apache.kafka.clients.admin.NewTopic("r.positions", 1, (short) 1))).all()));
            grant(admin, ResourceType.TOPIC, "r.", AclOperation.DESCRIBE_CONFIGS);
            // A broker may apply a new right a moment after it has acknowledged it.
            await().untilAsserted(() -> assertThatThrownBy(ingest::ensureEventTopics).isInstanceOf(TopicSettingException.class)
                    .hasMessageContaining("topic r.positions has cleanup.policy = delete where compact is needed")
                    .hasMessageContaining("--entity-name r.positions --add-config cleanup.policy=compact"));
        }
    }

    private static void keytool(String... arguments) throws Exception {
        final List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-alias", "broker", "-storetype", "PKCS12", "-storepass", "secret"));
        assertThat(new ProcessBuilder(command).redirectErrorStream(true).start().waitFor()).isZero();
    }

    private static void denied(Runnable attempt, String grant) {
        assertThatThrownBy(attempt::run).isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("principal User:ingest may not ").hasMessageContaining("kafka-acls.sh --bootstrap-server ")
                .hasMessageContaining("--add --allow-principal 'User:ingest' " + grant);
    }

    private static List<Runnable> attempts(Broker broker) {
        return List.of(broker::ensureEventTopics, () -> broker.table(broker.topics().streams()),
                () -> broker.transactionalSink("ingest", 1 << 20).close());
    }

    private static Broker with(EmbeddedBroker server, Map<String, String> security) {
        final Map<String, String> properties = new HashMap<>(security);
        properties.put("bootstrap.servers", server.bootstrapServers());
        return new Broker(new KafkaSettings(properties), new Topics("r."), Duration.ofSeconds(10));
    }

    private static Map<String, String> sasl(String user, String password) {
        return Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "PLAIN", "sasl.jaas.config",
                JAAS.formatted(user, password) + ";");
    }

    private static Map<String, String> secured() {
        return Map.of("listener.security.protocol.map", "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms", "PLAIN", "sasl.mechanism.inter.broker.protocol", "PLAIN", "inter.broker.listener.name",
                "PLAINTEXT", "listener.name.plaintext.plain.sasl.jaas.config",
                JAAS.formatted("admin", "admin") + " user_admin=\"admin\" user_ingest=\"ingest\";",
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users", "User:admin;User:ANONYMOUS");
    }

    private static void grant(Broker admin, ResourceType resource, String prefix, AclOperation operation) {
        admin.ask(client -> Broker.await(client.createAcls(List.of(new AclBinding(
                new ResourcePattern(resource, prefix, PatternType.PREFIXED),
                new AccessControlEntry("User:ingest", "*", operation, AclPermissionType.ALLOW)))).all()));
    }

    private static int port(EmbeddedBroker server) {
        return Integer.parseInt(server.bootstrapServers().substring(server.bootstrapServers().indexOf(':') + 1));
    }

    @Test
    void aPrincipalIsReadFromTheSettings() {
        assertThat(Principal.of(new KafkaSettings(sasl("ann", "x")))).isEqualTo("User:ann");
        assertThat(Principal.of(new KafkaSettings(Map.of("security.protocol", "sasl_ssl", "sasl.jaas.config",
                "org.example.Login required username=bob password=x;")))).isEqualTo("User:bob");
        assertThat(Principal.of(new KafkaSettings(Map.of("security.protocol", "SSL", "ssl.keystore.location", "k.p12"))))
                .isEqualTo("User:NAME");
        assertThat(Principal.of(new KafkaSettings(Map.of("security.protocol", "SSL")))).isEqualTo("User:ANONYMOUS");
        assertThat(Principal.of(KafkaSettings.of("a:1"))).isEqualTo("User:ANONYMOUS");
    }
}
