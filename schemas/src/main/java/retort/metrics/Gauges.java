package retort.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tags;
import java.util.function.DoubleSupplier;

/**
 * Gauges in Micrometer's global registry. A registry keeps the first gauge of a name and its tags, which would go on to show the state of
 * a reader or a run that has ended; here a later one takes the place of an earlier one. Any thread.
 */
public final class Gauges {
    private Gauges() {
    }

    /**
     * Shows a figure from now on.
     *
     * @param unit the base unit, such as {@code bytes} or {@code seconds}, which becomes the end of the name; "" for a number
     * @param value read at any time, on any thread; held until another gauge takes its place
     */
    public static void show(String name, String unit, String description, Tags tags, DoubleSupplier value) {
        Metrics.globalRegistry.find(name).tags(tags).gauges().forEach(Metrics.globalRegistry::remove);
        Gauge.builder(name, value::getAsDouble).baseUnit(unit.isEmpty() ? null : unit).description(description).tags(tags)
                .register(Metrics.globalRegistry);
    }
}
