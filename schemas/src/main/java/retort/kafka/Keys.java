package retort.kafka;

/** Keys for looking up records without their values. {@link Topics} uses the same methods for the keys of records that are written. */
public final class Keys {
    private Keys() {
    }

    public static String position(String stream, int partition) {
        return stream + "/" + partition;
    }

    public static String checkpoint(String run, long step) {
        return run + "/" + step;
    }

    public static String picture(String run, long step, String suite) {
        return checkpoint(run, step) + "/" + suite;
    }

    public static String evaluation(String run, long step, String suite, String settingsHash) {
        return checkpoint(run, step) + "/" + suite + "/" + settingsHash;
    }
}
