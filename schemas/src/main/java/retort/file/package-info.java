/**
 * Files that appear whole: they are written aside, synced and renamed. Every file that the project leaves for people or for another
 * process is written with this package. Stateless, so any thread may call it; a {@link retort.file.BulkInput} alone belongs to one thread. The methods
 * block.
 */
@org.jspecify.annotations.NullMarked
package retort.file;
