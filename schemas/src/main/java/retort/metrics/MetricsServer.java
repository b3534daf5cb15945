package retort.metrics;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.Config;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import retort.settings.SettingException;
import retort.thread.Worker;

/**
 * Serves three pages over HTTP: {@code /metrics} in Prometheus' text format; {@code /health/ready}, 200 if every service works and 503
 * with what each waits for; {@code /health/live}, 200 unless a watched thread has work and does not move. It answers from threads of its
 * own, {@code retort-metrics-N}, which touch no step. The caller closes it.
 */
public final class MetricsServer implements AutoCloseable {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String JSON = "application/json; charset=utf-8";
    private static final int OK = 200;
    private static final int NOT_ALLOWED = 405;
    private static final int UNAVAILABLE = 503;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2,
            Thread.ofPlatform().daemon().name("retort-metrics-", 0).factory());

    private record Answer(int status, String type, String body) {
    }

    @FunctionalInterface
    private interface Page {
        Answer answer();
    }

    private MetricsServer(HttpServer server, Duration stuckAfter) {
        this.server = server;
        final List<MeterBinder> binders = List.of(new ClassLoaderMetrics(), collections, new JvmMemoryMetrics(),
                new JvmThreadMetrics(), new FileDescriptorMetrics(), new ProcessorMetrics(), new UptimeMetrics());
        binders.forEach(binder -> binder.bindTo(registry));
        Metrics.addRegistry(registry);
        serve("/metrics", () -> new Answer(OK, TEXT, registry.scrape()));
        serve("/health/ready", () -> state(Health.isReady(), "waiting", Health.waiting()));
        serve("/health/live", () -> live(stuckAfter));
        server.setExecutor(threads);
        server.start();
    }

    /**
     * Starts a server if {@code metrics.enabled} is true.
     *
     * @throws SettingException if a setting is not allowed, or if the address cannot be listened at
     */
    public static Optional<MetricsServer> start(Config config) {
        final MetricsSettings settings = MetricsSettings.from(config);
        if (!settings.enabled())
            return Optional.empty();
        try {
            return Optional.of(new MetricsServer(HttpServer.create(settings.address().resolved(), 0), settings.stuckAfter()));
        } catch (IOException | IllegalArgumentException e) {
            throw new SettingException("metrics.address", settings.address(),
                    "must be an address of this machine that no other process listens at (" + e
                            + "); port 0 takes a free one, and metrics.enabled = false serves nothing");
        }
    }

    /** The address that the server listens at, with its real port. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void serve(String path, Page page) {
        server.createContext(path, exchange -> {
            try (exchange) {
                if (!exchange.getRequestURI().getPath().equals(path))
                    send(exchange, new Answer(404, TEXT, "pages: /metrics /health/ready /health/live\n"));
                else if (exchange.getRequestMethod().equals("GET") || exchange.getRequestMethod().equals("HEAD"))
                    send(exchange, page.answer());
                else
                    send(exchange, new Answer(NOT_ALLOWED, TEXT, "only GET and HEAD are answered\n"));
            }
        });
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        final byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        if (answer.status() == NOT_ALLOWED)
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        final boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
        if (!head)
            exchange.getResponseBody().write(body);
    }

    private static Answer live(Duration stuckAfter) {
        final Map<String, String> stuck = new TreeMap<>();
        Worker.stuck(stuckAfter).forEach((name, since) -> stuck.put(name, "has not moved for " + since.toSeconds() + " s"));
        return state(stuck.isEmpty(), "stuck", stuck);
    }

    /** {@code {"ok": ..., WHY: {NAME: REASON, ...}}}. */
    private static Answer state(boolean ok, String why, Map<String, String> reasons) {
        final ObjectNode json = JsonNodeFactory.instance.objectNode().put("ok", ok);
        reasons.forEach(json.putObject(why)::put);
        return new Answer(ok ? OK : UNAVAILABLE, JSON, json + "\n");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        Metrics.removeRegistry(registry);
        collections.close();
        registry.close();
    }
}
