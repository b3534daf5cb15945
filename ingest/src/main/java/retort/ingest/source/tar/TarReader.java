package retort.ingest.source.tar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import retort.ingest.source.Compression;
import retort.ingest.source.FileName;
import retort.ingest.source.FileSlice;
import retort.ingest.source.ForeignKind;

/**
 * Reads the files of a tar archive forward. Contents that are not asked for are skipped, which costs nothing in a {@link FileSlice}.
 * No library is used, for three reasons: an index of a million members is their offsets alone, archives inside archives are read in place,
 * and no header of a damaged archive makes the reader allocate memory. Confined to one thread.
 */
public final class TarReader implements AutoCloseable {
    private static final int MOST_NAME_BYTES = 1 << 16;
    private static final int MOST_PAX_BYTES = 1 << 20;

    private final InputStream in;
    private final String archive;
    private final byte[] block = new byte[TarHeader.BLOCK];
    private long at;
    /** The end of the content of the member that was handed out last, and the place of the next header after its padding. */
    private long contentEnd;
    private long nextHeader;
    private boolean ended;
    private boolean unmarked;
    private long links;

    /**
     * @param in from the header at {@code at} on; closed with this reader
     * @param archive the archive's name in messages
     * @param at position in the archive at which {@code in} begins
     */
    public TarReader(InputStream in, String archive, long at) {
        this.in = in;
        this.archive = archive;
        this.at = at;
        this.contentEnd = at;
        this.nextHeader = at;
    }

    /**
     * Opens an archive in a file. The content tells whether the file is compressed.
     *
     * @param offset position of a member's first header; 0 if the archive is compressed
     */
    public static TarReader open(Path archive, long offset) throws IOException {
        final Compression compression = offset == 0 ? Compression.of(archive) : Compression.NONE;
        final InputStream file = FileSlice.open(archive, offset);
        try {
            return new TarReader(compression.open(file), archive.toString(), offset);
        } catch (IOException e) {
            file.close();
            throw new IOException(archive + " is a damaged " + compression + " file: " + e.getMessage(), e);
        }
    }

    /**
     * Opens a part of a plain archive.
     *
     * @param offset position of a member's first header
     * @param end position of a later member's first header, or beyond the archive's end
     */
    public static TarReader between(Path archive, long offset, long end) throws IOException {
        return new TarReader(FileSlice.open(archive, offset, end), archive.toString(), offset);
    }

    /**
     * The next file, or empty at the archive's end. An archive that ends after a whole member and without its closing blocks ends
     * there, as in GNU tar and Python's tarfile; {@link #end} says so.
     *
     * @throws IOException if the archive is cut or damaged here
     */
    public Optional<TarMember> next() throws IOException {
        long first = nextHeader; // first header of the member: the headers of a long name come before its own
        String longName = null;
        Pax pax = Pax.NONE;
        for (;;) {
            if (ended)
                return Optional.empty();
            skipTo(contentEnd);
            ended = !toNextHeader(longName == null && pax.equals(Pax.NONE)) || TarHeader.isEnd(block);
            if (ended)
                return Optional.empty();
            final long here = at - TarHeader.BLOCK;
            final TarHeader header = header(here);
            if (header.isFile()) {
                if (pax.sparse())
                    throw sparse(here);
                final long size = pax.size() >= 0 ? pax.size() : header.size();
                goOnAfter(size, here);
                final String name = longName != null ? longName : pax.path() != null ? pax.path() : header.name();
                return Optional.of(new TarMember(name, first, at, size));
            }
            goOnAfter(header.hasContent() ? header.size() : 0, here);
            switch (header.type()) {
                case 'L' -> longName = cString(extension(header, MOST_NAME_BYTES, here));
                case 'x' -> pax = Pax.parse(extension(header, MOST_PAX_BYTES, here), archive + " at byte " + here);
                case 'K', 'g' -> {
                } // a long name of a link, or values for all members: neither is used
                case 'S' -> throw sparse(here);
                default -> { // a folder, a link, a device
                    links += header.isLink() ? 1 : 0;
                    first = nextHeader;
                    longName = null;
                    pax = Pax.NONE;
                }
            }
        }
    }

    /**
     * The bytes of {@code member}, which {@link #next} has just given; read once.
     *
     * @param most bytes that the caller takes
     * @throws IOException if there are more, and then the archive can be read on; or when they are cut
     */
    public byte[] content(TarMember member, int most) throws IOException {
        if (member.size() > most)
            throw new IOException(archive + ": " + member.name() + " has " + member.size() + " bytes, more than " + most);
        skipTo(member.content());
        final byte[] bytes = new byte[(int) member.size()];
        read(bytes);
        return bytes;
    }

    /**
     * Tells how the archive ends. Called after {@link #next} has found no further member. Reads what follows the closing blocks, up to the
     * first byte that is not zero.
     */
    public TarEnd end() {
        if (unmarked)
            return TarEnd.OPEN;
        final byte[] rest = new byte[1 << 13];
        try {
            for (int n = in.read(rest); n >= 0; n = in.read(rest))
                for (int i = 0; i < n; i++)
                    if (rest[i] != 0)
                        return TarEnd.GOES_ON;
        } catch (IOException damaged) { // a decompressor finds something that it cannot read
            return TarEnd.GOES_ON;
        }
        return TarEnd.CLOSED;
    }

    /** The number of hard and symbolic links up to here. They have no content, and are passed over as in webdataset. */
    public long links() {
        return links;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /**
     * Reads the padding after a content and the next header.
     *
     * @param mayEnd true if the archive may end here
     * @return false if the archive ends here
     */
    private boolean toNextHeader(boolean mayEnd) throws IOException {
        final byte[] padding = new byte[(int) (nextHeader - at)];
        final int padded = readUpTo(padding);
        final int n = padded < padding.length ? 0 : readUpTo(block);
        unmarked = n == 0 && mayEnd && at > 0;
        if (n < block.length && !unmarked)
            throw at == n && (n == 0 || ForeignKind.of(block).isPresent()) ? noTar(n) : cut();
        return !unmarked;
    }

    private TarHeader header(long here) throws IOException {
        try {
            return TarHeader.parse(block);
        } catch (IOException e) {
            throw here == 0 && !TarHeader.saysThatItIsOne(block)
                    ? noTar(block.length)
                    : damaged(here, String.valueOf(e.getMessage()));
        }
    }

    private byte[] extension(TarHeader header, int most, long here) throws IOException {
        if (header.size() > most)
            throw damaged(here, "a name of " + header.size() + " bytes");
        final byte[] bytes = new byte[(int) header.size()];
        read(bytes);
        return bytes;
    }

    private void goOnAfter(long size, long here) throws IOException {
        if (size > Long.MAX_VALUE - at - TarHeader.BLOCK)
            throw damaged(here, "a size of " + size + " bytes");
        contentEnd = at + size;
        nextHeader = at + (size + TarHeader.BLOCK - 1) / TarHeader.BLOCK * TarHeader.BLOCK;
    }

    private void read(byte[] target) throws IOException {
        if (readUpTo(target) < target.length)
            throw cut();
    }

    private int readUpTo(byte[] target) throws IOException {
        try {
            final int n = in.readNBytes(target, 0, target.length);
            at += n;
            return n;
        } catch (EOFException e) { // a decompressor finds that the file is cut
            throw cut();
        } catch (IOException e) { // a decompressor knows no file names
            throw new IOException(archive + " is damaged after byte " + at + ": " + e.getMessage(), e);
        }
    }

    private void skipTo(long position) throws IOException {
        try {
            in.skipNBytes(position - at);
        } catch (EOFException e) {
            throw new EOFException(archive + " is cut: it ends before byte " + position);
        } catch (IOException e) {
            throw new IOException(archive + " is damaged before byte " + position + ": " + e.getMessage(), e);
        }
        at = position;
    }

    /** @param length number of bytes that the archive begins with, in {@code block} */
    private IOException noTar(int length) {
        final byte[] start = Arrays.copyOf(block, length);
        return length == 0
                ? new EOFException(archive + " is empty: 0 bytes")
                : new IOException(archive + " is no tar" + ForeignKind.of(start).map(kind -> " but " + kind)
                        .orElseGet(() -> ": it begins with " + ForeignKind.shown(start)));
    }

    private IOException sparse(long here) {
        return new IOException(archive + " holds a sparse file at byte " + here
                + ", whose holes are not read: write it anew without --sparse");
    }

    private IOException cut() {
        return new EOFException(archive + " is cut: it ends at byte " + at + ", inside a member");
    }

    private IOException damaged(long here, String what) {
        return new IOException(archive + " is damaged at byte " + here + ": " + what);
    }

    private static String cString(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0)
            end++;
        return FileName.decode(Arrays.copyOf(bytes, end));
    }
}
