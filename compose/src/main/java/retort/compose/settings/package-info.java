/** The options by which every command is given settings. Picocli fills them on the main thread. */
@org.jspecify.annotations.NullMarked
package retort.compose.settings;
