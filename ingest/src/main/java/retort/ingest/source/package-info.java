/**
 * Where images come from: a {@link retort.ingest.source.DataSource} lists samples in a canonical order and hands out their
 * encoded bytes or pixels; it neither shuffles nor decodes. Called by the ingest pipeline on its decoding pool.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source;
