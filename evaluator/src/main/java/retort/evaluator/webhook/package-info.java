/**
 * Calls a URL about promotions and regressions, for those who want to be called. The evaluator starts {@link retort.evaluator.webhook.Webhook}
 * beside its pipeline. It reads the topic of evaluations by itself, and runs on its reader's thread, on those of Java's HTTP client and on
 * Reactor's.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.webhook;
