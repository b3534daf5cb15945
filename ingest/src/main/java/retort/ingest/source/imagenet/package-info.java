/**
 * ImageNet as people have it on disk: the official archives, read in place, and Kaggle's folders. Opened by the ingest pipeline;
 * samples are read from any thread, and class indices are ranks of the sorted synset names in every layout.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.imagenet;
