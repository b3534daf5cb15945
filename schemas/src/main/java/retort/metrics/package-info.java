/**
 * Figures and health of a process, for Prometheus and for whoever restarts containers. Services record their figures in Micrometer's
 * global registry, and their state in {@link retort.metrics.Health}; both are free while nothing serves them. A command starts the
 * {@link retort.metrics.MetricsServer}, which serves both over HTTP. The names are listed in compose/docs/watching.md, and a test holds
 * that page against what is served.
 */
@org.jspecify.annotations.NullMarked
package retort.metrics;
