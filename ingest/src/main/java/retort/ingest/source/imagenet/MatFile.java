package retort.ingest.source.imagenet;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * As much of MATLAB's level 5 MAT format as the devkit's {@code meta.mat} takes: one array of structs whose fields are numbers or
 * texts, plain or compressed. Every length is held against the bytes that are there before anything is allocated for it.
 */
final class MatFile {
    private static final int MOST_INFLATED = 64 << 20;
    private static final int MOST_ELEMENTS = 1 << 24;
    private static final int HEADER = 128;
    private static final int CLASS_STRUCT = 2;
    private static final int CLASS_CHAR = 4;
    private static final int FIRST_NUMERIC_CLASS = 6;

    /** One element of the file: its type, as the format numbers them, and its bytes. */
    private record Element(int type, ByteBuffer data) {
        static final int MATRIX = 14;
        static final int COMPRESSED = 15;
    }

    /** @param rest the elements after flags, dimensions and name */
    private record Matrix(int type, int size, String name, ByteBuffer rest) {
    }

    /** A row: the fields that hold one number or one text; others are left out. */
    record Row(Map<String, Object> fields) {
        int integer(String field) throws IOException {
            if (fields.get(field) instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e9)
                return number.intValue();
            throw new IOException("it has a row whose " + field + " is no whole number");
        }

        String text(String field) throws IOException {
            if (fields.get(field) instanceof String text)
                return text;
            throw new IOException("it has a row whose " + field + " is no text");
        }
    }

    private MatFile() {
    }

    /**
     * The rows of the struct array {@code name}.
     *
     * @throws IOException if the bytes are no MAT file, are damaged, or hold no such array
     */
    static List<Row> rows(byte[] file, String name) throws IOException {
        try {
            final ByteBuffer bytes = ByteBuffer.wrap(file).order(order(file)).position(HEADER);
            while (bytes.remaining() >= 8) {
                final Element outer = element(bytes);
                final Element element = outer.type() == Element.COMPRESSED ? element(inflate(outer.data())) : outer;
                if (element.type() == Element.MATRIX) {
                    final Matrix matrix = matrix(element.data());
                    if (matrix.name().equals(name) && matrix.type() == CLASS_STRUCT)
                        return rows(matrix);
                }
            }
        } catch (BufferUnderflowException | IllegalArgumentException | EOFException | ZipException e) {
            throw new IOException("it is damaged", e);
        }
        throw new IOException("it holds no array of structs called " + name);
    }

    private static ByteOrder order(byte[] file) throws IOException {
        return switch (file.length < HEADER ? "" : new String(file, 126, 2, StandardCharsets.ISO_8859_1)) {
            case "IM" -> ByteOrder.LITTLE_ENDIAN;
            case "MI" -> ByteOrder.BIG_ENDIAN;
            default -> throw new IOException("it is no MAT file of level 5");
        };
    }

    /** Takes one tag, its data and its padding; a small element has all of them in eight bytes. */
    private static Element element(ByteBuffer bytes) {
        final int tag = bytes.getInt();
        final int small = tag >>> 16;
        final int size = small == 0 ? bytes.getInt() : small;
        if (size < 0 || size > bytes.remaining() || small > 4)
            throw new IllegalArgumentException("an element of " + size + " bytes");
        final int type = tag & 0xffff;
        final ByteBuffer data = bytes.slice(bytes.position(), size).order(bytes.order());
        final long padded = small != 0 ? 4 : type == Element.COMPRESSED ? size : (size + 7L) / 8 * 8;
        bytes.position((int) Math.min(bytes.position() + padded, bytes.limit()));
        return new Element(type, data);
    }

    private static ByteBuffer inflate(ByteBuffer data) throws IOException {
        final byte[] compressed = new byte[data.remaining()];
        data.get(compressed);
        try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(compressed))) {
            final byte[] plain = in.readNBytes(MOST_INFLATED + 1);
            if (plain.length > MOST_INFLATED)
                throw new IOException("it has more than " + MOST_INFLATED + " bytes after decompression");
            return ByteBuffer.wrap(plain).order(data.order());
        }
    }

    private static Matrix matrix(ByteBuffer data) {
        final int type = element(data).data().getInt() & 0xff;
        final ByteBuffer dimensions = element(data).data();
        long size = 1;
        while (dimensions.remaining() >= Integer.BYTES) {
            size *= Integer.toUnsignedLong(dimensions.getInt());
            if (size > MOST_ELEMENTS)
                throw new IllegalArgumentException(size + " elements");
        }
        return new Matrix(type, (int) size, latin(element(data).data()), data);
    }

    private static List<Row> rows(Matrix matrix) {
        final ByteBuffer data = matrix.rest();
        final int width = element(data).data().getInt();
        final String all = latin(element(data).data());
        if (width <= 0 || all.length() < width)
            throw new IllegalArgumentException("no fields");
        final List<String> names = new ArrayList<>();
        for (int at = 0; at + width <= all.length(); at += width)
            names.add(all.substring(at, at + width).replaceFirst("\0.*", ""));
        final List<Row> rows = new ArrayList<>();
        for (int i = 0; i < matrix.size(); i++) {
            final Map<String, Object> fields = HashMap.newHashMap(4);
            for (final String name : names)
                field(element(data)).ifPresent(value -> fields.put(name, value));
            rows.add(new Row(fields));
        }
        return rows;
    }

    private static Optional<Object> field(Element element) {
        if (element.type() != Element.MATRIX || !element.data().hasRemaining())
            return Optional.empty();
        final Matrix matrix = matrix(element.data());
        if (matrix.type() == CLASS_CHAR)
            return Optional.of(text(element(matrix.rest())));
        if (matrix.type() < FIRST_NUMERIC_CLASS || matrix.size() != 1)
            return Optional.empty();
        return Optional.of(number(element(matrix.rest())));
    }

    /** Numbers are stored in the smallest type that holds them, whatever their class. */
    private static double number(Element element) {
        final ByteBuffer data = element.data();
        return switch (element.type()) {
            case 1 -> data.get();
            case 2 -> Byte.toUnsignedInt(data.get());
            case 3 -> data.getShort();
            case 4 -> Short.toUnsignedInt(data.getShort());
            case 5 -> data.getInt();
            case 6 -> Integer.toUnsignedLong(data.getInt());
            case 7 -> data.getFloat();
            case 9 -> data.getDouble();
            case 12, 13 -> data.getLong();
            default -> throw new IllegalArgumentException("a number of type " + element.type());
        };
    }

    private static String text(Element element) {
        final ByteBuffer data = element.data();
        return switch (element.type()) {
            case 1, 2 -> latin(data);
            case 4, 17 -> {
                final StringBuilder text = new StringBuilder();
                while (data.remaining() >= Character.BYTES)
                    text.append(data.getChar());
                yield text.toString();
            }
            case 16 -> StandardCharsets.UTF_8.decode(data).toString();
            default -> throw new IllegalArgumentException("a text of type " + element.type());
        };
    }

    private static String latin(ByteBuffer data) {
        return StandardCharsets.ISO_8859_1.decode(data).toString();
    }
}
