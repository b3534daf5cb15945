/**
 * Settings are HOCON. The {@code reference.conf} of each module holds every key with its unit and its default; a file and
 * {@code --set KEY=VALUE} override them. {@link retort.settings.Settings} makes one configuration of these at the start of a process,
 * each module reads its section of it once into records, on the starting thread, and nothing reads it afterwards.
 * {@link retort.settings.Identity} says which run or stream a configuration makes; {@link retort.settings.Secrets} keeps passwords out
 * of pages, logs and errors.
 */
@org.jspecify.annotations.NullMarked
package retort.settings;
