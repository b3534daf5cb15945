package retort.ingest.source.parquet;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import retort.ingest.source.Label;

/**
 * The values of one column in one row group, forward. Holds the chunk's dictionary and one page. Damage ends in an
 * IOException, or in the exception of a buffer. Confined to one thread.
 */
final class ColumnReader implements AutoCloseable {
    private static final int PLAIN = 0;
    private static final int PLAIN_DICTIONARY = 2;
    private static final int RLE = 3;
    private static final int RLE_DICTIONARY = 8;
    /** Encodings of values that are read, and the encodings of levels. */
    private static final Set<Integer> READ = Set.of(PLAIN, PLAIN_DICTIONARY, 3, 4, DeltaValues.NUMBERS, DeltaValues.LENGTHS,
            DeltaValues.PREFIXES, RLE_DICTIONARY);
    private static final int FIRST_HEADER_READ = 1 << 12;
    private static final int MOST_HEADER_BYTES = 16 << 20;

    private final FileChannel file;
    private final Footer.Column column;
    private final int codec;
    private final long end;
    private long at;
    private @Nullable Page dictionary;
    /** The place of each entry of the dictionary. */
    private int[] entries = new int[0];
    private @Nullable Page page;
    private int left;
    private @Nullable HybridReader levels;
    private @Nullable HybridReader indices;
    private @Nullable DeltaValues deltas;
    /** The booleans that are written in runs, and the next bit of booleans that are not. */
    private @Nullable HybridReader bits;
    private int bit;
    private boolean truth;
    /** Plain values that are still to come. */
    private ByteBuffer values = ByteBuffer.allocate(0);
    /** The present value: the content of a binary one, and a number little-endian. */
    private ByteBuffer value = values;

    ColumnReader(FileChannel file, Footer.Column column, Footer.Chunk chunk) {
        this.file = file;
        this.column = column;
        this.codec = chunk.codec();
        this.at = chunk.start();
        this.end = chunk.start() + chunk.size();
    }

    /**
     * Looks at how a chunk is written. Where one of its pages may be too large, because the chunk is, this reads the header of each page.
     *
     * @throws IOException if the chunk cannot be read: names what it is
     */
    static void require(FileChannel file, Footer.Column column, Footer.Chunk chunk) throws IOException {
        Codec.require(chunk.codec());
        for (final int encoding : chunk.encodings())
            if (!READ.contains(encoding))
                throw new IOException("values are written in encoding " + encoding + " of Parquet (" + name(encoding)
                        + "): write it anew with plain ones or dictionaries");
        final boolean mayBeTooLarge = Math.max(chunk.size(), chunk.unpacked()) > PageHeader.MOST_BYTES;
        try (ColumnReader reader = new ColumnReader(file, column, chunk)) {
            PageHeader header = reader.header();
            for (reader.at += header.compressed(); (mayBeTooLarge || !header.isData())
                    && reader.at < reader.end; reader.at += header
                            .compressed())
                header = reader.header();
        }
    }

    private static String name(int encoding) {
        return switch (encoding) {
            case 9 -> "BYTE_STREAM_SPLIT";
            default -> "unknown";
        };
    }

    /** Goes to the next row; false when it has no value. */
    boolean next() throws IOException {
        while (left == 0)
            nextPage();
        left--;
        if (levels != null && levels.next() < column.definitionLevel())
            return false;
        if (column.type() == Footer.Column.BOOLEAN) {
            truth = bits != null ? bits.next() == 1 : (values.get(values.position() + (bit >>> 3)) >>> (bit++ & 7) & 1) == 1;
        } else if (deltas != null) {
            value = deltas.next();
        } else if (indices == null) {
            value = plain(values, values.position());
            values.position(values.position() + size(values, values.position()));
        } else {
            value = plain(dictionaryBytes(), entries[indices.next()]);
        }
        return true;
    }

    /** The plain value at {@code position}, without its length field. */
    private ByteBuffer plain(ByteBuffer all, int position) {
        final int prefix = column.type() == Footer.Column.BYTE_ARRAY ? Integer.BYTES : 0;
        return all.slice(position + prefix, size(all, position) - prefix).order(all.order());
    }

    /** Bytes of the present value of a binary column. */
    int length() {
        return value.limit();
    }

    /** A copy of the present value of a binary column. */
    byte[] bytes() {
        final byte[] copy = new byte[length()];
        value.get(0, copy);
        return copy;
    }

    /** The present value as a label. */
    Label label() {
        return switch (column.type()) {
            case Footer.Column.BOOLEAN -> new Label.Index(truth ? 1 : 0);
            case Footer.Column.INT32 ->
                Label.of(column.meaning() == Footer.Meaning.UNSIGNED ? Integer.toUnsignedLong(value.getInt(0)) : value.getInt(0));
            case Footer.Column.INT64 -> column.meaning() == Footer.Meaning.UNSIGNED && value.getLong(0) < 0
                    ? new Label.Unclear(Long.toUnsignedString(value.getLong(0)) + " is no class index: too large")
                    : Label.of(value.getLong(0));
            case Footer.Column.FLOAT -> Label.of(value.getFloat(0));
            case Footer.Column.DOUBLE -> Label.of(value.getDouble(0));
            default -> length() > Label.MOST_BYTES
                    ? new Label.Unclear("a text of " + length() + " bytes is no class name")
                    : Label.of(bytes());
        };
    }

    @Override
    public void close() {
        if (page != null)
            page.close();
        if (dictionary != null)
            dictionary.close();
        page = null;
        dictionary = null;
    }

    private void nextPage() throws IOException {
        final PageHeader header = header();
        final long body = at;
        at += header.compressed();
        if (at > end)
            throw new IOException("it is damaged: a page ends after its column");
        if (header.type() == PageHeader.DICTIONARY && dictionary == null) {
            dictionary = Page.read(file, body, header, codec);
            entries = entries(dictionary);
        } else if (header.isData()) {
            if (page != null)
                page.close();
            page = null;
            page = Page.read(file, body, header, codec);
            begin(page);
        }
    }

    /** Reads a header. A header does not state its own length, so the first read takes a usual length and later reads take more. */
    private PageHeader header() throws IOException {
        for (int most = FIRST_HEADER_READ;; most = Math.min(most << 4, MOST_HEADER_BYTES)) {
            final ByteBuffer bytes = Bytes.read(file, at, (int) Math.min(most, end - at));
            try {
                final PageHeader header = PageHeader.read(new CompactReader(bytes));
                at += bytes.position();
                return header;
            } catch (BufferUnderflowException e) {
                if (most >= end - at || most == MOST_HEADER_BYTES)
                    throw new IOException("it is damaged: a column ends before its rows do", e);
            }
        }
    }

    private void begin(Page data) throws IOException {
        final ByteBuffer bytes = data.bytes().duplicate().order(data.bytes().order());
        left = data.header().values();
        levels = null;
        bits = null;
        deltas = null;
        bit = 0;
        if (data.header().type() == PageHeader.DATA_V2) {
            if (column.definitionLevel() > 0)
                levels = levels(bytes, data.header().levelBytes());
            bytes.position(data.header().levelBytes());
        } else if (column.definitionLevel() > 0) {
            final int size = bytes.getInt();
            levels = levels(bytes, size);
            bytes.position(bytes.position() + size);
        }
        final int encoding = data.header().encoding();
        if (encoding == PLAIN_DICTIONARY || encoding == RLE_DICTIONARY)
            indices = bytes.hasRemaining() ? new HybridReader(bytes, bytes.get()) : null;
        else if (encoding == PLAIN)
            indices = null;
        else if (DeltaValues.isOne(encoding, column.type()))
            deltas = DeltaValues.of(encoding, bytes, data.header().values());
        else if (encoding == RLE && column.type() == Footer.Column.BOOLEAN)
            bits = new HybridReader(bytes.slice(bytes.position() + Integer.BYTES, bytes.getInt(bytes.position())), 1);
        else
            throw new IOException("values are written in encoding " + encoding
                    + " of Parquet (" + name(encoding) + "): write it anew with plain ones or dictionaries");
        values = bytes;
        if (left < 0)
            throw new IOException("it is damaged: a page of " + left + " rows");
    }

    private HybridReader levels(ByteBuffer bytes, int size) {
        return new HybridReader(bytes.slice(bytes.position(), size),
                Integer.SIZE - Integer.numberOfLeadingZeros(column.definitionLevel()));
    }

    private int[] entries(Page page) throws IOException {
        final ByteBuffer bytes = page.bytes();
        final int count = page.header().values();
        if (count < 0 || count > bytes.limit() / Integer.BYTES) // an entry takes four bytes or more
            throw new IOException("it is damaged: a dictionary of " + count + " entries in " + bytes.limit() + " bytes");
        final int[] starts = new int[count];
        for (int i = 0, start = 0; i < count; i++) {
            starts[i] = start;
            start += size(bytes, start);
        }
        return starts;
    }

    /** Bytes of the plain value at {@code position}, including its length field if it has one. */
    private int size(ByteBuffer bytes, int position) {
        final int size = switch (column.type()) {
            case Footer.Column.INT32, Footer.Column.FLOAT -> Integer.BYTES;
            case Footer.Column.INT64, Footer.Column.DOUBLE -> Long.BYTES;
            default -> {
                final int length = bytes.getInt(position);
                if (length < 0 || length > bytes.limit() - position - Integer.BYTES)
                    throw new BufferUnderflowException();
                yield Integer.BYTES + length;
            }
        };
        if (size > bytes.limit() - position)
            throw new BufferUnderflowException();
        return size;
    }

    private ByteBuffer dictionaryBytes() throws IOException {
        if (dictionary == null)
            throw new IOException("it is damaged: a page of indices has no dictionary");
        return dictionary.bytes();
    }
}
