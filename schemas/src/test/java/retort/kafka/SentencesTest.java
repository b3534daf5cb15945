package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.EmbeddedBroker;
import retort.broker.Link;
import retort.broker.Tls;

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
            named(broker, "the broker at " + server.bootstrapServers() + " answers, but sends its clients on to "
                    + "127.0.0.1:1: connection refused: set advertised.listeners of the brokers to addresses that this machine reaches");
        }
    }

    @Test
    void somebodyWhoIsNoBrokerIsNotTakenForNobody() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            final Broker broker = Broker.at("127.0.0.1:" + mute.getLocalPort(), "r.").withTimeout(SHORT);
            named(broker, "127.0.0.1:" + mute.getLocalPort() + " somebody accepts connections", "security.protocol = PLAINTEXT");
        }
    }

    /** A link that loses every byte, and one that closes every connection at once, as a proxy without a broker behind it does. */
    @Test
    void aLinkThatLeadsNowhereIsNotTakenForNobody() {
        try (Link link = Link.to(1)) {
            for (final Runnable fault : List.<Runnable>of(link::silence, link::refuse)) {
                fault.run();
                named(Broker.at(link.address(), "r.").withTimeout(SHORT),
                        "at " + link.address() + " somebody accepts connections");
            }
        }
    }

    /** Kafka 0.10 answers the question for versions by its own list, which has no version that a client of 4.x can speak. */
    @Test
    void aBrokerThatIsTooOldIsNamed() throws IOException {
        try (ServerSocket old = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> OldBroker.serve(old));
            final String at = "127.0.0.1:" + old.getLocalPort();
            named(Broker.at(at, "r.").withTimeout(Duration.ofSeconds(5)),
                    "the broker at " + at + " is of a version that cannot do this",
                    "use a broker of Kafka ");
        }
    }

    @Test
    void anUnknownHostIsNamed() {
        named(Broker.at("nosuch.invalid:9092", "r.").withTimeout(SHORT), "no name server knows the host of nosuch.invalid:9092");
    }

    @Test
    void whatIsWrongWithTlsIsNamed() throws Exception {
        final Tls tls = new Tls(directory);
        final Map<String, String> overrides = new HashMap<>(tls.listener("tls", "SAN=IP:127.0.0.1", "-1d", "10"));
        overrides.putAll(tls.listener("expired", "SAN=IP:127.0.0.1", "-10d", "1"));
        overrides.putAll(tls.listener("elsewhere", "SAN=DNS:elsewhere.example", "-1d", "10"));
        final TestPorts ports = new TestPorts("plaintext", "tls", "expired", "elsewhere", "controller");
        try (EmbeddedBroker _ = EmbeddedBroker.start(directory.resolve("data"), ports.of("plaintext"),
                ports.properties(overrides))) {
            final Map<String, String> trusting = tls.client();
            at(ports.address("tls"), trusting).ensureEventTopics();
            final String failed = " has failed (";
            together(() -> named(at(ports.address("tls"), Map.of("security.protocol", "SSL")).withTimeout(SHORT),
                    "the TLS handshake with the broker at " + ports.address("tls") + failed, "kafka.ssl.truststore.location"),
                    () -> named(at(ports.address("expired"), trusting).withTimeout(SHORT), ports.address("expired") + failed,
                            "NotAfter: "),
                    () -> named(at(ports.address("elsewhere"), trusting).withTimeout(SHORT), ports.address("elsewhere") + failed,
                            "No subject alternative names", "that the host's name is in its certificate"),
                    () -> named(at(ports.address("plaintext"), trusting).withTimeout(SHORT),
                            ports.address("plaintext") + " somebody accepts connections", "security.protocol = SSL"));
            // One client alone, because a plain client takes the first bytes of TLS for a length of 352 MB, and allocates them.
            assertThatThrownBy(() -> at(ports.address("tls"), Map.of()).withTimeout(SHORT).ensureEventTopics())
                    .isInstanceOf(BrokerException.class).hasMessageContainingAll(
                            ports.address("tls") + " somebody accepts connections", "security.protocol = PLAINTEXT");
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
            named(wrong, "the broker at " + server.bootstrapServers() + " refuses the credentials of User:ingest",
                    "kafka.sasl.jaas.config");
            final Map<String, String> scram = new HashMap<>(sasl("ingest", "ingest"));
            scram.put("sasl.mechanism", "SCRAM-SHA-256");
            scram.put("sasl.jaas.config", scram.get("sasl.jaas.config").replace("plain.Plain", "scram.Scram"));
            named(with(server, scram), "refuses the credentials of User:ingest", "kafka.sasl.mechanism", "PLAIN");

            final Broker admin = with(server, sasl("admin", "admin"));
            final Broker ingest = with(server, sasl("ingest", "ingest"));
            final retort.record.Stream train = TestStream.stream("train", 1);
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

    private static void denied(Runnable attempt, String grant) {
        assertThatThrownBy(attempt::run).isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("principal User:ingest may not ").hasMessageContaining("kafka-acls.sh --bootstrap-server ")
                .hasMessageContaining("--add --allow-principal 'User:ingest' " + grant)
                .satisfies(failure -> OperationsPage.requireSentence(failure.getMessage()));
    }

    /** Checks that every kind of client fails with this sentence, and that operations.md has it. */
    private static void named(Broker broker, String... parts) {
        together(attempts(broker).stream().<Runnable>map(
                attempt -> () -> assertThatThrownBy(attempt::run).isInstanceOf(BrokerException.class)
                        .hasMessageContainingAll(parts)
                        .satisfies(failure -> OperationsPage.requireSentence(failure.getMessage())))
                .toArray(Runnable[]::new));
    }

    /** Runs checks at one time, because each waits for a timeout. */
    private static void together(Runnable... checks) {
        CompletableFuture.allOf(Stream.of(checks)
                .map(check -> CompletableFuture.runAsync(check, task -> Thread.ofPlatform().start(task)))
                .toArray(CompletableFuture[]::new)).join();
    }

    private static List<Runnable> attempts(Broker broker) {
        return List.of(broker::ensureEventTopics, () -> broker.table(broker.topics().streams()),
                () -> broker.transactionalSink("ingest", 1 << 20).close());
    }

    private static Broker with(EmbeddedBroker server, Map<String, String> security) {
        return at(server.bootstrapServers(), security);
    }

    private static Broker at(String address, Map<String, String> security) {
        final Map<String, String> properties = new HashMap<>(security);
        properties.put("bootstrap.servers", address);
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
