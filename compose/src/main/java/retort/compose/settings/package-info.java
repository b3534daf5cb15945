/** The command-line options that give settings to a command. Picocli fills them on the main thread. */
@org.jspecify.annotations.NullMarked
package retort.compose.settings;
