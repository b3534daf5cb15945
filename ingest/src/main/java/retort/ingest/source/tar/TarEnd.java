package retort.ingest.source.tar;

/** The end of an archive that has been read to it. */
public enum TarEnd {
    /** Closing blocks, and nothing but zeros after them. */
    CLOSED,
    /** No closing blocks: the archive is whole, or it was cut between two members. */
    OPEN,
    /** Bytes that are not zero after the closing blocks: archives that were joined, or a download with a hole. */
    GOES_ON
}
