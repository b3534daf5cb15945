package retort.kafka;

/**
 * Names of the topics.
 *
 * @param prefix what every name begins with, {@code retort.} by default; may be empty
 */
public record Topics(String prefix) {
    public static final Topics DEFAULT = new Topics("retort.");

    public String images(String stream) {
        return prefix + "images." + stream;
    }

    public String raw(String source) {
        return prefix + "raw." + source;
    }

    public String streams() {
        return prefix + "streams";
    }

    public String positions() {
        return prefix + "positions";
    }

    public String progress() {
        return prefix + "progress";
    }

    public String checkpoints() {
        return prefix + "checkpoints";
    }

    public String evaluations() {
        return prefix + "evaluations";
    }

    public String promotions() {
        return prefix + "promotions";
    }

    public String rejected() {
        return prefix + "rejected";
    }
}
