package retort.compose;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import retort.broker.EmbeddedBroker;
import retort.broker.Tls;

/**
 * Embedded brokers with SASL_SSL and an authorizer: one, or a cluster of three in which every record is on three and two must have it. The
 * user {@code admin} may do everything, the others nothing that is not granted to them. Every password is {@code x}.
 *
 * @param servers the first of them has the controller
 */
record SecuredBroker(List<EmbeddedBroker> servers, Map<String, String> trust) implements AutoCloseable {
    private static final String PASSWORD = "x";

    static SecuredBroker start(Path folder, String... users) throws IOException, InterruptedException {
        final Tls tls = new Tls(folder);
        return new SecuredBroker(List.of(EmbeddedBroker.start(folder.resolve("kafka"), 0, properties(tls, folder, users))),
                tls.client());
    }

    static SecuredBroker startThree(Path folder, String... users) throws IOException, InterruptedException {
        final Tls tls = new Tls(folder);
        final Map<String, String> properties = properties(tls, folder, users);
        properties.putAll(Map.of("default.replication.factor", "3", "min.insync.replicas", "2",
                "offsets.topic.replication.factor", "3", "transaction.state.log.replication.factor", "3",
                "transaction.state.log.min.isr", "2"));
        final List<EmbeddedBroker> servers = new ArrayList<>();
        servers.add(EmbeddedBroker.start(folder.resolve("kafka"), 0, properties));
        for (final int id : new int[]{2, 3})
            servers.add(EmbeddedBroker.startBeside(servers.getFirst(), folder.resolve("kafka-" + id), id, properties));
        return new SecuredBroker(List.copyOf(servers), tls.client());
    }

    private static Map<String, String> properties(Tls tls, Path folder, String... users)
            throws IOException, InterruptedException {
        final StringBuilder accounts = new StringBuilder(jaas("admin", PASSWORD)).append(" user_admin=\"" + PASSWORD + "\"");
        for (final String user : users)
            accounts.append(" user_").append(user).append("=\"" + PASSWORD + "\"");
        final Map<String, String> properties = new HashMap<>(tls.listener("plaintext", "SAN=IP:127.0.0.1", "-1d", "10"));
        properties.putAll(Map.of("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT",
                "listener.name.plaintext.ssl.truststore.location", folder.resolve("trust.p12").toString(),
                "listener.name.plaintext.ssl.truststore.password", "secret",
                "sasl.enabled.mechanisms", "PLAIN", "sasl.mechanism.inter.broker.protocol", "PLAIN", "inter.broker.listener.name",
                "PLAINTEXT", "listener.name.plaintext.plain.sasl.jaas.config", accounts + ";",
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users",
                "User:admin;User:ANONYMOUS"));
        return properties;
    }

    /** The addresses of all brokers. */
    String bootstrapServers() {
        return servers.stream().map(EmbeddedBroker::bootstrapServers).collect(Collectors.joining(","));
    }

    /** The settings under {@code kafka} of a client with the right password. */
    Config client(String user) {
        return client(user, PASSWORD);
    }

    Config client(String user, String password) {
        final Map<String, Object> all = new HashMap<>();
        trust.forEach((key, value) -> all.put("kafka." + key, value));
        all.putAll(Map.of("kafka.bootstrap.servers", bootstrapServers(), "kafka.security.protocol", "SASL_SSL",
                "kafka.sasl.mechanism", "PLAIN", "kafka.sasl.jaas.config", jaas(user, password) + ";"));
        return ConfigFactory.parseMap(all);
    }

    private static String jaas(String user, String password) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + user + "\" password=\"" + password
                + "\"";
    }

    @Override
    public void close() {
        servers.reversed().forEach(EmbeddedBroker::close);
    }
}
