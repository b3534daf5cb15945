package retort.ingest.source.parquet;

import java.io.IOException;

/**
 * The header before each page.
 *
 * @param type one of the constants here; pages of other types are passed over
 * @param uncompressed bytes of the page after decompression
 * @param compressed bytes of the page in the file
 * @param values rows that it holds, or entries of a dictionary
 * @param encoding encoding of the values, in Parquet's numbers
 * @param levelBytes bytes of the levels before the values of a page of version 2; levels are never compressed
 * @param isCompressed true if the values of a page of version 2 are compressed
 */
record PageHeader(int type, int uncompressed, int compressed, int values, int encoding, int levelBytes,
        boolean isCompressed) {
    static final int DATA = 0;
    static final int DICTIONARY = 2;
    static final int DATA_V2 = 3;

    /** Pages are held whole, outside the heap. A page of pyarrow may hold 1,024 images. */
    static final int MOST_BYTES = 1 << 30;

    static PageHeader read(CompactReader in) throws IOException {
        final int[] fields = {-1, -1, -1}; // type, uncompressed, compressed
        final int[] data = {-1, -1, 0, 0, 1}; // values, encoding, two lengths of levels, is compressed
        in.struct((id, type) -> {
            switch (id) {
                case 1, 2, 3 -> fields[id - 1] = in.i32();
                case 5, 7 -> in.struct((field, fieldType) -> {
                    if (field == 1 || field == 2)
                        data[field - 1] = in.i32();
                    else
                        in.skip(fieldType);
                });
                case 8 -> in.struct((field, fieldType) -> {
                    switch (field) {
                        case 1 -> data[0] = in.i32();
                        case 4, 5, 6 -> data[field - 3] = in.i32();
                        case 7 -> data[4] = fieldType == CompactReader.TRUE ? 1 : 0;
                        default -> in.skip(fieldType);
                    }
                });
                default -> in.skip(type);
            }
        });
        final PageHeader header = new PageHeader(fields[0], fields[1], fields[2], data[0], data[1],
                Math.addExact(data[2], data[3]), data[4] == 1);
        if (header.uncompressed < 0 || header.uncompressed > MOST_BYTES || header.compressed < 0 || header.compressed > MOST_BYTES
                || data[2] < 0 || data[3] < 0 || header.levelBytes > Math.min(header.compressed, header.uncompressed))
            throw new IOException("a page of " + header.compressed + " bytes, " + header.uncompressed
                    + " after decompression, where at most " + MOST_BYTES + " are read: write it with smaller row groups");
        if (data[3] > 0)
            throw new IOException("a column of lists where one value a row was expected");
        return header;
    }

    boolean isData() {
        return type == DATA || type == DATA_V2;
    }
}
