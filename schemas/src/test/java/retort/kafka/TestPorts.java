package retort.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Free ports for a broker with several listeners. The listener {@code plaintext} is plain and is used between brokers, {@code controller}
 * is the controller's, and the others speak TLS.
 */
final class TestPorts {
    private final Map<String, Integer> ports = new LinkedHashMap<>();

    TestPorts(String... listeners) throws IOException {
        for (final String listener : listeners)
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                ports.put(listener, socket.getLocalPort());
            }
    }

    int of(String listener) {
        return ports.getOrDefault(listener, 0);
    }

    String address(String listener) {
        return "127.0.0.1:" + of(listener);
    }

    /** Properties of the broker: these listeners, and {@code more}. */
    Map<String, String> properties(Map<String, String> more) {
        final Map<String, String> properties = new HashMap<>(more);
        final String listeners = ports.keySet().stream().map(name -> name.toUpperCase(Locale.ROOT) + "://" + address(name))
                .collect(Collectors.joining(","));
        properties.put("listeners", listeners);
        properties.put("advertised.listeners", listeners.replaceAll(",CONTROLLER[^,]*", ""));
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("controller.quorum.voters", "1@" + address("controller"));
        properties.put("listener.security.protocol.map", ports.keySet().stream().map(name -> name.toUpperCase(Locale.ROOT) + ":"
                + (name.equals("plaintext") || name.equals("controller") ? "PLAINTEXT" : "SSL"))
                .collect(Collectors.joining(",")));
        return properties;
    }
}
