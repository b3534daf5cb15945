package retort.ingest.pack;

import java.time.Instant;
import java.util.Locale;
import retort.ingest.settings.StreamSettings;
import retort.record.Rejected;

/**
 * Builds the events about rejected samples of one stream. Names and reasons come from outside and may be of any length, so each text is
 * cut: an event must always fit into a request to the broker. Immutable; any thread.
 */
final class Rejections {
    /** Characters that are kept of each text. Sources cut names at 1,024 with a mark of their own, which has room here. */
    static final int MOST_CHARACTERS = 1200;

    private final String source;
    private final String stream;

    Rejections(StreamSettings stream) {
        this.source = bounded("ingest/" + stream.shown());
        this.stream = stream.name();
    }

    /**
     * @param what the sample's name
     * @param where the file, the archive's member, or topic-partition@offset
     */
    Rejected of(long sequence, long sampleId, String what, String where, String reason) {
        return Rejected.newBuilder().setSource(source).setStream(stream).setWhat(bounded(what)).setWhere(bounded(where))
                .setReason(bounded(reason)).setSequence(sequence).setSampleId(sampleId).setAt(Instant.now()).build();
    }

    /** The text, or its beginning and a mark that tells how long it was. No surrogate pair is divided. */
    static String bounded(String text) {
        if (text.length() <= MOST_CHARACTERS)
            return text;
        final int end = Character.isHighSurrogate(text.charAt(MOST_CHARACTERS - 1)) ? MOST_CHARACTERS - 1 : MOST_CHARACTERS;
        return text.substring(0, end) + String.format(Locale.ROOT, "... (cut: %,d characters in all)", text.length());
    }
}
