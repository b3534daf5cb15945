/**
 * Settings are HOCON. The {@code reference.conf} of each module holds every key with its unit and its default. A file and
 * {@code --set KEY=VALUE} override them. {@link retort.settings.Settings} builds one configuration from these at the start of a process.
 * Each module reads its section once into records, on the starting thread, and nothing reads the configuration afterwards.
 * {@link retort.settings.Identity} identifies the run or the stream that a configuration makes. {@link retort.settings.Secrets} keeps
 * passwords out of pages, logs and errors.
 */
@org.jspecify.annotations.NullMarked
package retort.settings;
