package retort.trainer.watch;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads scalars from event files, apart from the code that writes them: every field of every message is walked. */
final class EventText {
    private EventText() {
    }

    /** The values of one tag by step; a step that comes twice is an error. */
    static Map<Long, Double> scalars(List<Path> files, String tag) throws IOException {
        final Map<Long, Double> found = new TreeMap<>();
        for (final Path file : files) {
            final DataInputStream frames = new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)));
            while (frames.available() > 0) {
                final long length = Long.reverseBytes(frames.readLong());
                frames.readInt();
                final byte[] event = frames.readNBytes((int) length);
                frames.readInt();
                scalar(event, tag, found);
            }
        }
        return found;
    }

    private static void scalar(byte[] event, String tag, Map<Long, Double> found) {
        final Map<Integer, List<Object>> fields = fields(event);
        for (final Object summary : fields.getOrDefault(5, List.of()))
            for (final Object value : fields((byte[]) summary).getOrDefault(1, List.of())) {
                final Map<Integer, List<Object>> parts = fields((byte[]) value);
                final String name = new String((byte[]) parts.get(1).getFirst(), StandardCharsets.UTF_8);
                if (name.equals(tag)
                        && found.put((Long) fields.get(2).getFirst(), (double) (Float) parts.get(2).getFirst()) != null)
                    throw new AssertionError(tag + " has step " + fields.get(2).getFirst() + " twice");
            }
    }

    private static Map<Integer, List<Object>> fields(byte[] message) {
        final Map<Integer, List<Object>> fields = new TreeMap<>();
        final ByteBuffer bytes = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            final int key = (int) varint(bytes);
            final Object value = switch (key & 7) {
                case 0 -> varint(bytes);
                case 1 -> bytes.getDouble();
                case 5 -> bytes.getFloat();
                default -> {
                    final byte[] inner = new byte[(int) varint(bytes)];
                    bytes.get(inner);
                    yield inner;
                }
            };
            fields.computeIfAbsent(key >>> 3, _ -> new java.util.ArrayList<>()).add(value);
        }
        return fields;
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = bytes.get();
            value |= (long) (next & 0x7f) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }
}
