/**
 * The page that shows runs in a browser, and the API that it reads: HTTP by Reactor Netty, events by server-sent events. It shows what
 * {@link retort.evaluator.history} holds. {@link retort.evaluator.page.PageServer} starts and stops it. Requests are parsed on one event loop,
 * {@code retort-page-http}, and answered on the worker {@code retort-page}, which owns the history; files are read on one of Reactor's elastic
 * threads. No request blocks or slows a step or an evaluation. {@link retort.evaluator.page.Guard} decides who is answered.
 * compose/docs/page.md is the page for people.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.page;
