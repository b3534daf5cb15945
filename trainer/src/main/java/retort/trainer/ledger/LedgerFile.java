package retort.trainer.ledger;

import java.io.IOException;

/** The bytes of a ledger at their place. One call at a time; the caller closes it. */
interface LedgerFile extends AutoCloseable {
    void append(byte[] line) throws IOException;

    /** Returns when all lines survive a loss of power. */
    void flush() throws IOException;

    /** Lines that were not flushed may be lost. */
    @Override
    void close() throws IOException;
}
