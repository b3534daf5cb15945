package retort.kafka;

/** Keys of records that are looked up without a value at hand. {@link Topics} computes the keys of records from these too. */
public final class Keys {
    private Keys() {
    }

    public static String position(String stream, int partition) {
        return stream + "/" + partition;
    }

    public static String checkpoint(String run, long step) {
        return run + "/" + step;
    }

    public static String evaluation(String run, long step, String suite, String settingsHash) {
        return checkpoint(run, step) + "/" + suite + "/" + settingsHash;
    }
}
