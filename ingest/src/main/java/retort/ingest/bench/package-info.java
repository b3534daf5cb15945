/**
 * {@code retort bench ingest}: how fast images become batches, and batches reach the broker, beside the tools that people would
 * use instead. Contestants take turns in one run, so that what else the machine does weighs on all of them; ratios are what
 * counts. Called by the launcher on its main thread; owns the threads and processes of its contestants.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.bench;
