/**
 * ImageNet as people have it on disk: the official archives, read in place, and Kaggle's folders. The ingest pipeline opens a source, and
 * any thread reads its samples. A class index is the rank of the synset among the sorted ids, or its line in a given list.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.imagenet;
