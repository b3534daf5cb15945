package retort.evaluator.webhook;

/**
 * One call of the receiver.
 *
 * @param id is the same whenever the call is made again, so that the receiver can drop repeats
 * @param event {@code promotion} or {@code regression}
 * @param body JSON
 */
@SuppressWarnings("ArrayRecordComponent") // only carries data, never compared
public record Call(String id, String event, byte[] body) {
}
