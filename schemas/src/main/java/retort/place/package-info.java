/**
 * The places where data lies beside the disk: {@code s3://} and {@code https://}. {@link retort.place.Places} turns the text of a place
 * into a {@link java.nio.file.Path}, and {@link java.nio.file.Files} reads it. So a source does not know where it reads. A broken
 * download goes on, a busy server is asked again, and a fault that time does not heal is a {@link retort.place.PlaceException}.
 * {@link retort.place.BucketFiles} writes to {@code s3://}. Any thread; all calls block.
 */
@org.jspecify.annotations.NullMarked
package retort.place;
