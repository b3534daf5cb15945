package retort.trainer.watch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Appends to a file that this process alone writes. Blocks. */
final class AllOrNothing {
    private AllOrNothing() {
    }

    /** Appends all of {@code bytes}, or cuts off what was written of them before the failure, because a full disk ends a write in the middle. */
    static void append(FileChannel file, ByteBuffer bytes) throws IOException {
        final long whole = file.size();
        try {
            while (bytes.hasRemaining())
                file.write(bytes);
        } catch (IOException e) {
            file.truncate(whole);
            throw e;
        }
    }
}
