package retort.compose.console;

import com.typesafe.config.Config;
import java.util.Optional;
import retort.metrics.MetricsServer;
import retort.settings.HostPort;

/** The metrics of a process while a command runs. Prints the address, because it may have been chosen by the system. */
public record MetricsAddress(Optional<MetricsServer> server) implements AutoCloseable {
    /**
     * Serves metrics if the settings ask for them.
     *
     * @throws retort.settings.SettingException if the address cannot be listened at
     */
    public static MetricsAddress serve(Config config) {
        final Optional<MetricsServer> server = MetricsServer.start(config);
        server.map(MetricsServer::address)
                .ifPresent(address -> System.out.println("metrics " + HostPort.url(address, "/metrics")));
        return new MetricsAddress(server);
    }

    @Override
    public void close() {
        server.ifPresent(MetricsServer::close);
    }
}
