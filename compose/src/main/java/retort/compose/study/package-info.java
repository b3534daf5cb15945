/**
 * The command {@code retort study}: a grid of settings, each combination trained with several seeds on one stream, and a page of results.
 * {@link retort.compose.study.StudySettings} reads the section {@code study}, {@link retort.compose.study.Study} expands it to cells and
 * runs, {@link retort.compose.study.StudyRun} trains and evaluates them beside a broker, and
 * {@link retort.compose.study.StudyFiles} writes what stands on the topics as CSV, Markdown and SVG. A finished run is known by its
 * checkpoint and its evaluations, so there is no journal. Main thread, except {@link retort.compose.study.Trainers} and
 * {@link retort.compose.study.StudyProgress}, which say theirs.
 */
@org.jspecify.annotations.NullMarked
package retort.compose.study;
