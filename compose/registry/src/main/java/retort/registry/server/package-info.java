/**
 * Schema registries for tests: Apicurio Registry as a process, where its archive is in Maven's local repository, and a small strict one
 * in this JVM for everywhere else. The one who starts a registry closes it.
 */
@org.jspecify.annotations.NullMarked
package retort.registry.server;
