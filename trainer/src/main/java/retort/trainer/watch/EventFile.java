package retort.trainer.watch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.zip.CRC32C;

/**
 * Appends to a TensorBoard event file: TFRecord frames (length, masked CRC32C of the length, data, masked CRC32C of the data; all little
 * endian), each with one {@code Event} message of TensorFlow's event.proto. The few fields in use are encoded here, because the published
 * Java classes of these messages bring TensorFlow or all of protobuf with them. Blocks; one call at a time. The caller closes it.
 */
public final class EventFile implements AutoCloseable {
    private static final int MASK_DELTA = 0xa282ead8;
    private static final int FRAME = 16;

    private final FileChannel channel;

    private EventFile(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Makes a file and writes its version. Then a start of a session is noted, after which a running TensorBoard forgets what it has read of
     * later steps.
     *
     * @param step number of steps that are taken
     * @throws java.nio.file.FileAlreadyExistsException if there is a file of this name
     */
    public static EventFile create(Path file, long step) throws IOException {
        final EventFile events = new EventFile(
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
        try {
            events.append(new Message().real(1, seconds()).text(3, "brain.Event:2"));
            events.append(new Message().real(1, seconds()).number(2, step + 1).message(7, new Message().number(1, 1)));
            return events;
        } catch (IOException e) { // a full disk needs the space back
            events.close();
            Files.delete(file);
            throw e;
        }
    }

    /** One summary of a step: the values of several tags. */
    public static final class Summary {
        private final Message values = new Message();

        /** Adds a number. */
        public Summary scalar(String tag, double value) {
            values.message(1, new Message().text(1, tag).real32(2, (float) value));
            return this;
        }

        /** Adds a picture. {@code png} is a whole PNG file of an RGB image. */
        public Summary image(String tag, int height, int width, byte[] png) {
            values.message(1, new Message().text(1, tag)
                    .message(4, new Message().number(1, height).number(2, width).number(3, 3).bytes(4, png)));
            return this;
        }
    }

    /** Appends a summary. When this returns, it survives a kill of the process. After a failure nothing of it is left in the file. */
    public void append(long step, Summary summary) throws IOException {
        append(new Message().real(1, seconds()).number(2, step).message(5, summary.values));
    }

    private void append(Message event) throws IOException {
        final byte[] data = event.bytes.toByteArray();
        final ByteBuffer frame = ByteBuffer.allocate(data.length + FRAME).order(ByteOrder.LITTLE_ENDIAN);
        frame.putLong(data.length).putInt(masked(frame.array(), 0, Long.BYTES)).put(data).putInt(masked(data, 0, data.length))
                .flip();
        AllOrNothing.append(channel, frame);
    }

    /**
     * Bytes of the whole frames from the beginning of a file to the first frame that is damaged or belongs to a step after {@code step}.
     *
     * @param file the content of a file that this class has written
     */
    static int keep(byte[] file, long step) {
        final ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int kept = 0;
        while (bytes.remaining() >= FRAME) {
            final long length = bytes.getLong();
            if (bytes.getInt() != masked(file, kept, Long.BYTES) || length < 0 || length > bytes.remaining() - Integer.BYTES)
                return kept;
            final int begin = bytes.position();
            final int end = begin + (int) length;
            if (bytes.getInt(end) != masked(file, begin, (int) length) || step(bytes.slice(begin, (int) length)) > step)
                return kept;
            kept = end + Integer.BYTES;
            bytes.position(kept);
        }
        return kept;
    }

    /** The step of an event: its field 2, which stands after the time (field 1, eight bytes) or is 0. The start of a session is at step + 1. */
    private static long step(ByteBuffer event) {
        event.position(1 + Double.BYTES);
        if (!event.hasRemaining() || event.get() != (2 << 3))
            return 0;
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            final byte next = event.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0)
                break;
        }
        return event.hasRemaining() && event.get() == (7 << 3 | 2) ? value - 1 : value;
    }

    private static int masked(byte[] bytes, int from, int length) {
        final CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }

    private static double seconds() {
        return Instant.now().toEpochMilli() / 1e3;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** A message of protocol buffers. Fields are written in the order of the calls. */
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Message number(int field, long value) {
            return tag(field, 0).varint(value);
        }

        Message real(int field, double value) {
            tag(field, 1).bytes
                    .writeBytes(ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
            return this;
        }

        Message real32(int field, float value) {
            tag(field, 5).bytes
                    .writeBytes(ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
            return this;
        }

        Message text(int field, String text) {
            return bytes(field, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }

        Message message(int field, Message message) {
            return bytes(field, message.bytes.toByteArray());
        }

        Message bytes(int field, byte[] content) {
            tag(field, 2).varint(content.length).bytes.writeBytes(content);
            return this;
        }

        private Message tag(int field, int type) {
            return varint(field << 3 | type);
        }

        private Message varint(long value) {
            long left = value;
            while ((left & ~0x7fL) != 0) {
                bytes.write((int) (left & 0x7f | 0x80));
                left >>>= 7;
            }
            bytes.write((int) left);
            return this;
        }
    }
}
