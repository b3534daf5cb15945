package retort.trainer.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import retort.file.WholeFile;

/** A ledger in one file, {@code ledger.txt}, to which lines are appended. */
record LedgerOnDisk(FileChannel channel) implements LedgerFile {
    static Path file(Path folder) {
        return folder.resolve("ledger.txt");
    }

    /** All bytes; empty if there is no ledger. */
    static Optional<byte[]> read(Path folder) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(file(folder)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** A new file, because an older trainer of this run, which is not yet aware of this one, may still append to the old one. */
    static LedgerOnDisk create(Path folder, byte[] begin) throws IOException {
        Files.createDirectories(folder);
        WholeFile.write(file(folder), begin);
        return new LedgerOnDisk(FileChannel.open(file(folder), StandardOpenOption.APPEND));
    }

    @Override
    public void append(byte[] line) throws IOException {
        final ByteBuffer left = ByteBuffer.wrap(line);
        while (left.hasRemaining())
            channel.write(left);
    }

    @Override
    public void flush() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
