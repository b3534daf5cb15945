package retort.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

class GaugesTest {
    @Test
    void aLaterGaugeTakesThePlaceOfAnEarlierOneWithTheSameTagsAlone() {
        final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Metrics.addRegistry(registry);
        try {
            Gauges.show("retort.test.held", "bytes", "held", Tags.of("reader", "a"), () -> 1);
            Gauges.show("retort.test.held", "bytes", "held", Tags.of("reader", "b"), () -> 2);
            Gauges.show("retort.test.held", "bytes", "held", Tags.of("reader", "a"), () -> 3);

            assertThat(registry.scrape())
                    .contains("retort_test_held_bytes{reader=\"a\"} 3.0\n", "retort_test_held_bytes{reader=\"b\"} 2.0\n")
                    .doesNotContain("} 1.0");
        } finally {
            Metrics.removeRegistry(registry);
            registry.close();
        }
    }
}
