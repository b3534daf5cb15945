package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Listens to the trace of records while services run in this process. The caller closes it. */
final class RecordsTraced implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("retort.trace");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    RecordsTraced() {
        lines.start();
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        logger.addAppender(lines);
    }

    /**
     * The way of a record is there from its source to a step. A reader may log a record before the publisher hears that its transaction is
     * committed; otherwise each stage comes after the one before.
     */
    void check(String stream, long sequence) {
        final String record = stream + "/" + sequence + " ";
        final List<String> stages = List.copyOf(lines.list).stream().map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.startsWith(record))
                .map(line -> line.substring(record.length(), line.indexOf(':'))).distinct().toList();
        assertThat(stages).as(record).contains("published").hasSize(5).containsSubsequence("read", "decoded", "fetched",
                "stepped");
    }

    @Override
    public void close() {
        logger.detachAppender(lines);
        logger.setLevel(null);
        logger.setAdditive(true);
    }
}
