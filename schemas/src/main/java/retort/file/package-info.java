/**
 * Files that appear whole: written aside, synced, renamed. Every file that the project leaves for people or for another process is
 * written here. Stateless; any thread; blocks.
 */
@org.jspecify.annotations.NullMarked
package retort.file;
