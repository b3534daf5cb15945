/**
 * Settings are HOCON: a commented {@code reference.conf} a module holds every key with its unit and default; a file and
 * {@code --set KEY=VALUE} override them. They are read once at start, on the starting thread, into records.
 */
@org.jspecify.annotations.NullMarked
package retort.settings;
