package retort.metrics;

import com.typesafe.config.Config;
import java.time.Duration;
import retort.settings.HostPort;
import retort.settings.Section;

/**
 * The settings under {@code metrics}.
 *
 * @param enabled true to serve figures and health
 * @param address the address to listen at
 * @param stuckAfter time after which a thread that has work and does not move makes the process count as dead
 */
public record MetricsSettings(boolean enabled, HostPort address, Duration stuckAfter) {
    /** @throws retort.settings.SettingException if a value is not allowed */
    public static MetricsSettings from(Config whole) {
        final Section metrics = Section.of(whole, "metrics");
        return new MetricsSettings(metrics.bool("enabled"), HostPort.read(metrics, "address", "127.0.0.1:9464"),
                metrics.duration("stuck-after", Duration.ofSeconds(1), Duration.ofDays(1)));
    }
}
