package retort.kafka;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Finds the reason why a cluster has not answered in time: no program listens at the address, the program there speaks another protocol,
 * or brokers are named at addresses that cannot be reached. Blocks for some seconds. The result is part of an error message.
 */
final class Reachability {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final int METADATA_MILLIS = 4_000;

    private final KafkaSettings kafka;

    Reachability(KafkaSettings kafka) {
        this.kafka = kafka;
    }

    /** The sentence about the failure on the way to the brokers. Empty if they can be reached. */
    Optional<String> trouble() {
        final String given = kafka.bootstrapServers();
        final List<String> refusals = new ArrayList<>();
        final List<String> addresses = Arrays.stream(given.split(",", -1)).map(String::strip)
                .filter(address -> !address.isEmpty())
                .toList();
        for (final String address : addresses)
            refusal(address).ifPresent(refusals::add);
        if (refusals.size() == addresses.size())
            return Optional.of("no Kafka broker answers at " + given + " (" + String.join("; ", refusals)
                    + "): start one there or set kafka.bootstrap.servers");
        return named();
    }

    /** A consumer that knows no broker yet asks the bootstrap servers themselves, so this request is answered even if others are not. */
    private Optional<String> named() {
        final Map<String, List<PartitionInfo>> topics;
        final Map<String, Object> properties = kafka.consumer(Map.of(
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, METADATA_MILLIS,
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, METADATA_MILLIS,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false));
        final KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        try {
            topics = consumer.listTopics();
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            return Optional
                    .of("at " + kafka.bootstrapServers() + " somebody accepts connections, but does not answer a Kafka client"
                            + " with security.protocol = " + protocol() + ": set kafka.security.protocol to the protocol of that"
                            + " listener, and kafka.bootstrap.servers to a broker");
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
        final TreeSet<String> nowhere = new TreeSet<>();
        topics.values().stream().flatMap(List::stream)
                .flatMap(partition -> Stream.concat(Stream.ofNullable(partition.leader()), Arrays.stream(partition.replicas())))
                .filter(node -> !node.isEmpty()).distinct().map(Reachability::address)
                .forEach(address -> refusal(address).ifPresent(nowhere::add));
        return nowhere.isEmpty()
                ? Optional.empty()
                : Optional.of("the broker at " + kafka.bootstrapServers() + " answers, but sends its clients on to "
                        + String.join("; ", nowhere) + ": set advertised.listeners of the brokers to addresses that this machine"
                        + " reaches");
    }

    private static String address(Node node) {
        return node.host() + ":" + node.port();
    }

    private String protocol() {
        return kafka.properties().getOrDefault(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT");
    }

    /** The reason why no connection to {@code address} is possible. Empty if one is. */
    private static Optional<String> refusal(String address) {
        final int colon = address.lastIndexOf(':');
        final String host = address.substring(address.indexOf("://") < 0 ? 0 : address.indexOf("://") + 3, Math.max(0, colon))
                .replaceAll("[\\[\\]]", "");
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1))),
                    Math.toIntExact(CONNECT.toMillis()));
            return Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.of(address + ": no name server knows " + host);
        } catch (SocketTimeoutException e) {
            return Optional.of(address + ": no answer within " + CONNECT.toSeconds() + " s");
        } catch (ConnectException e) {
            return Optional.of(address + ": connection refused");
        } catch (SocketException e) { // accepted, and cut at once
            return e instanceof NoRouteToHostException ? Optional.of(address + ": " + e.getMessage()) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.of(address + ": " + e.getMessage());
        }
    }
}
