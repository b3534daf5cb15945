package retort.metrics;

import com.typesafe.config.Config;
import java.net.InetSocketAddress;
import java.time.Duration;
import retort.settings.Section;

/**
 * The settings under {@code metrics}.
 *
 * @param enabled true to serve figures and health
 * @param host the address to listen at, such as 127.0.0.1
 * @param port 0 for a free one
 * @param stuckAfter time after which a thread that has work and does not move makes the process count as dead
 */
public record MetricsSettings(boolean enabled, String host, int port, Duration stuckAfter) {
    private static final int MOST_PORT = 65535;

    /** @throws retort.settings.SettingException if a value is not allowed */
    public static MetricsSettings from(Config whole) {
        final Section metrics = Section.of(whole, "metrics");
        final String address = metrics.string("address");
        final int colon = address.lastIndexOf(':');
        final String port = address.substring(colon + 1);
        if (colon < 1 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > MOST_PORT)
            throw metrics.error("address", address, "must be HOST:PORT, such as 127.0.0.1:9464; port 0 takes a free one");
        return new MetricsSettings(metrics.bool("enabled"), address.substring(0, colon), Integer.parseInt(port),
                metrics.duration("stuck-after", Duration.ofSeconds(1), Duration.ofDays(1)));
    }

    InetSocketAddress address() {
        return new InetSocketAddress(host.replaceAll("^\\[|]$", ""), port);
    }
}
