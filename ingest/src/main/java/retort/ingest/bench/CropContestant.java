package retort.ingest.bench;

/** Someone who makes pretraining crops of the photographs. Used by one thread; owns what its workers need until closed. */
interface CropContestant extends AutoCloseable {
    /** Its key in the JSON. */
    String key();

    String title();

    /**
     * One turn of about {@code seconds}.
     *
     * @param workers threads or processes that work at the same time, at most two
     * @return images a second, all workers together
     */
    double turn(int workers, double seconds);

    @Override
    void close();
}
