package retort.ingest.source.parquet;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The metadata at the end of a Parquet file.
 *
 * @param columns the leaves of its schema, in order
 * @param rowGroups row groups, in the order of the file
 * @param metadata the writer's metadata, by key
 */
record Footer(List<Column> columns, List<RowGroup> rowGroups, Map<String, String> metadata) {
    private static final int MOST_BYTES = 64 << 20;
    private static final int TAIL = 8;
    private static final int REPEATED = 2;

    /**
     * @param path names from the root, joined by dots
     * @param type Parquet's physical type
     * @param definitionLevel definition level of a value that is there; 0 if no value may be missing
     * @param meaning the meaning of the physical values
     */
    record Column(String path, int type, int definitionLevel, boolean repeated, Meaning meaning) {
        static final int BOOLEAN = 0;
        static final int INT32 = 1;
        static final int INT64 = 2;
        static final int FLOAT = 4;
        static final int DOUBLE = 5;
        static final int BYTE_ARRAY = 6;

        /** True if a value of the column may be a class: one value a row, which {@link ColumnReader} reads. */
        boolean isLabel() {
            return !repeated && meaning != Meaning.OTHER && (type == BOOLEAN || type == INT32 || type == INT64 || type == FLOAT
                    || type == DOUBLE || type == BYTE_ARRAY);
        }

        /** The physical type, in Parquet's words. */
        String typeName() {
            return (repeated ? "a list of " : "") + (meaning == Meaning.OTHER ? "a date, a time or a decimal in " : "")
                    + List.of("BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY")
                            .get(Math.clamp(type, 0, 7));
        }
    }

    /** The meaning of a column's physical values, as far as it matters for labels. */
    enum Meaning {
        /** The values are what they are. */
        PLAIN,
        /** The bits are a number without a sign. */
        UNSIGNED,
        /** Dates, times, decimals with a scale and documents: a number there is no class index. */
        OTHER;

        /**
         * @param converted {@code ConvertedType} of the schema's element; -1 if there is none
         * @param logical the field's number in the union {@code LogicalType}; -1 if there is none
         */
        static Meaning of(int converted, int logical) {
            if (converted >= 11 && converted <= 14) // UINT_8 to UINT_64
                return UNSIGNED;
            final boolean dated = converted >= 5 && converted <= 10 || converted >= 19; // DECIMAL to TIMESTAMP_MICROS; JSON, BSON, INTERVAL
            return dated || logical >= 5 && logical <= 8 || logical == 12 || logical == 13 ? OTHER : PLAIN;
        }
    }

    /** @param chunks one for each column */
    record RowGroup(long rows, List<Chunk> chunks) {
    }

    /**
     * The pages of one column in one row group.
     *
     * @param codec compression of the pages, in Parquet's numbers
     * @param encodings encodings of their values and levels, in Parquet's numbers
     * @param start position of the first page in the file, in bytes; the dictionary is the first page if there is one
     * @param size bytes of all pages with their headers
     * @param unpacked the same after decompression
     */
    record Chunk(int codec, List<Integer> encodings, long start, long size, long unpacked) {
    }

    /** @throws IOException if the file is no Parquet file, is cut, or damaged */
    static Footer read(FileChannel file) throws IOException {
        final long size = file.size();
        final ByteBuffer tail = Bytes.read(file, Math.max(0, size - TAIL), (int) Math.min(size, TAIL))
                .order(ByteOrder.LITTLE_ENDIAN);
        if (size < TAIL + 4 || !StandardCharsets.ISO_8859_1.decode(tail.slice(4, 4)).toString().equals("PAR1"))
            throw new IOException("it is no Parquet file, or cut: it does not end in PAR1");
        final int length = tail.getInt(0);
        if (length < 0 || length > MOST_BYTES || length > size - TAIL - 4)
            throw new IOException("it is damaged: its footer has " + length + " bytes, the file " + size);
        try {
            return parse(new CompactReader(Bytes.read(file, size - TAIL - length, length)), size);
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IOException("it is damaged: its footer is cut", e);
        }
    }

    /** The column of that path. */
    Optional<Integer> column(String path) {
        for (int i = 0; i < columns.size(); i++)
            if (columns.get(i).path().equals(path))
                return Optional.of(i);
        return Optional.empty();
    }

    private static Footer parse(CompactReader in, long fileSize) throws IOException {
        final List<Element> schema = new ArrayList<>();
        final List<RowGroup> rowGroups = new ArrayList<>();
        final Map<String, String> metadata = new HashMap<>();
        in.struct((id, type) -> {
            switch (id) {
                case 2 -> {
                    for (int left = in.list(); left > 0; left--)
                        schema.add(Element.read(in));
                }
                case 4 -> {
                    for (int left = in.list(); left > 0; left--)
                        rowGroups.add(rowGroup(in, fileSize));
                }
                case 5 -> {
                    for (int left = in.list(); left > 0; left--)
                        keyValue(in, metadata);
                }
                default -> in.skip(type);
            }
        });
        final List<Column> columns = new ArrayList<>();
        if (schema.isEmpty() || leaves(schema, 1, schema.getFirst().children(), "", 0, false, columns, 0) != schema.size())
            throw new IOException("it is damaged: its schema is no tree");
        for (final RowGroup group : rowGroups)
            if (group.rows() < 0 || group.chunks().size() != columns.size())
                throw new IOException("it is damaged: a row group of " + group.rows() + " rows and " + group.chunks().size()
                        + " columns, where the schema has " + columns.size());
        return new Footer(columns, rowGroups, metadata);
    }

    /** Adds the leaves below {@code children} elements from {@code at} on; gives where they end. */
    private static int leaves(List<Element> schema, int at, int children, String path, int level, boolean repeated,
            List<Column> columns, int depth) throws IOException {
        if (depth > 32)
            throw new IOException("it is damaged: its schema is nested deeper than 32");
        int next = at;
        for (int child = 0; child < children; child++) {
            final Element element = schema.get(next++);
            final String name = path.isEmpty() ? element.name() : path + "." + element.name();
            final int ownLevel = level + (element.repetition() == 0 ? 0 : 1);
            final boolean many = repeated || element.repetition() == REPEATED;
            if (element.children() > 0)
                next = leaves(schema, next, element.children(), name, ownLevel, many, columns, depth + 1);
            else
                columns.add(new Column(name, element.type(), ownLevel, many, element.meaning()));
        }
        return next;
    }

    private static RowGroup rowGroup(CompactReader in, long fileSize) throws IOException {
        final List<Chunk> chunks = new ArrayList<>();
        final long[] rows = {-1};
        in.struct((id, type) -> {
            switch (id) {
                case 1 -> {
                    for (int left = in.list(); left > 0; left--)
                        chunks.add(chunk(in, fileSize));
                }
                case 3 -> rows[0] = in.i64();
                default -> in.skip(type);
            }
        });
        return new RowGroup(rows[0], List.copyOf(chunks));
    }

    private static Chunk chunk(CompactReader in, long fileSize) throws IOException {
        final long[] fields = new long[12]; // fields of ColumnMetaData, by their ids
        final List<Integer> encodings = new ArrayList<>();
        in.struct((id, type) -> {
            if (id != 3)
                in.skip(type);
            else
                in.struct((field, fieldType) -> {
                    switch (field) {
                        case 2 -> {
                            for (int left = in.list(); left > 0; left--)
                                encodings.add(in.i32());
                        }
                        case 4 -> fields[field] = in.i32();
                        case 6, 7, 9, 11 -> fields[field] = in.i64();
                        default -> in.skip(fieldType);
                    }
                });
        });
        final boolean dictionaryFirst = fields[11] > 0 && (fields[9] == 0 || fields[11] < fields[9]);
        final long start = dictionaryFirst ? fields[11] : fields[9];
        if (start < 4 && fields[7] > 0 || fields[7] < 0 || start > fileSize - fields[7])
            throw new IOException("it is damaged: a column of " + fields[7] + " bytes from byte " + start + " on");
        return new Chunk((int) fields[4], List.copyOf(encodings), start, fields[7], fields[6]);
    }

    private static void keyValue(CompactReader in, Map<String, String> metadata) throws IOException {
        final String[] pair = {"", ""};
        in.struct((id, type) -> {
            if (id == 1 || id == 2)
                pair[id - 1] = in.string();
            else
                in.skip(type);
        });
        metadata.put(pair[0], pair[1]);
    }

    /** One element of the schema, which lists its tree depth first. */
    private record Element(int type, int repetition, String name, int children, Meaning meaning) {
        static Element read(CompactReader in) throws IOException {
            final int[] numbers = {0, 0, 0, 0, 0, 0, -1, 0, 0, 0, -1}; // by their ids
            final String[] name = {""};
            in.struct((id, type) -> {
                switch (id) {
                    case 1, 3, 5, 6 -> numbers[id] = in.i32();
                    case 4 -> name[0] = in.string();
                    case 10 -> in.struct((logical, inner) -> {
                        numbers[10] = logical;
                        in.skip(inner);
                    });
                    default -> in.skip(type);
                }
            });
            if (numbers[5] < 0)
                throw new IOException("it is damaged: an element of its schema has " + numbers[5] + " children");
            return new Element(numbers[1], numbers[3], name[0], numbers[5], Meaning.of(numbers[6], numbers[10]));
        }
    }
}
