package retort.ingest.source.tar;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import retort.ingest.source.FileSlice;

/**
 * The files of a tar archive, forward. Contents that are not asked for are skipped, which costs nothing in a {@link FileSlice}.
 * Written here, and not taken from a library, for what that buys: an index of a million members is their offsets alone, archives
 * inside archives are read in place, and no header of a damaged archive makes it allocate. Confined to one thread.
 */
public final class TarReader implements AutoCloseable {
    private static final int MOST_NAME_BYTES = 1 << 16;
    private static final int MOST_PAX_BYTES = 1 << 20;
    private static final int GZIP_BYTES = 1 << 16;

    private final InputStream in;
    private final String archive;
    private final byte[] block = new byte[TarHeader.BLOCK];
    private long at;
    /** Where the next header begins; what lies before it belongs to the member handed out last. */
    private long nextHeader;

    /**
     * @param in from the header at {@code at} on; closed with this reader
     * @param archive what messages call it
     * @param at where in the archive {@code in} begins
     */
    public TarReader(InputStream in, String archive, long at) {
        this.in = in;
        this.archive = archive;
        this.at = at;
        this.nextHeader = at;
    }

    /**
     * An archive in a file, compressed where its name ends so.
     *
     * @param offset of a member's first header; 0 where it is compressed
     */
    public static TarReader open(Path archive, long offset) throws IOException {
        final InputStream file = FileSlice.open(archive, offset);
        if (!isCompressed(archive))
            return new TarReader(file, archive.toString(), offset);
        try {
            return new TarReader(new BufferedInputStream(new GZIPInputStream(file, GZIP_BYTES), GZIP_BYTES), archive.toString(),
                    0);
        } catch (IOException e) {
            file.close();
            throw new IOException(archive + " is no gzip file: " + e.getMessage(), e);
        }
    }

    /** By its name. */
    public static boolean isCompressed(Path archive) {
        final String name = archive.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".gz") || name.endsWith(".tgz");
    }

    /** The next file, or empty at the archive's end. @throws IOException when the archive is cut or damaged here */
    public Optional<TarMember> next() throws IOException {
        long first = nextHeader; // of the headers that belong to one member: those of its long name come before its own
        String longName = null;
        Pax pax = Pax.NONE;
        for (;;) {
            skipTo(nextHeader);
            final long here = at;
            read(block);
            if (TarHeader.isEnd(block))
                return Optional.empty();
            final TarHeader header = header(here);
            if (header.isFile()) {
                final long size = pax.size() >= 0 ? pax.size() : header.size();
                nextHeader = after(size, here);
                final String name = longName != null ? longName : pax.path() != null ? pax.path() : header.name();
                return Optional.of(new TarMember(name, first, at, size));
            }
            nextHeader = header.hasContent() ? after(header.size(), here) : at;
            switch (header.type()) {
                case 'L' -> longName = cString(extension(header, MOST_NAME_BYTES, here));
                case 'x' -> pax = Pax.parse(extension(header, MOST_PAX_BYTES, here), archive + " at byte " + here);
                case 'K', 'g' -> {
                } // a long link, or what holds for all members: of no use here
                case 'S' -> throw damaged(here, "a sparse file, which is not supported");
                default -> { // a folder, a link, a device
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
     * @throws IOException when there are more, and then the archive can be read on; or when they are cut
     */
    public byte[] content(TarMember member, int most) throws IOException {
        if (member.size() > most)
            throw new IOException(archive + ": " + member.name() + " has " + member.size() + " bytes, more than " + most);
        skipTo(member.content());
        final byte[] bytes = new byte[(int) member.size()];
        read(bytes);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private TarHeader header(long here) throws IOException {
        try {
            return TarHeader.parse(block);
        } catch (IOException e) {
            throw damaged(here, String.valueOf(e.getMessage()));
        }
    }

    private byte[] extension(TarHeader header, int most, long here) throws IOException {
        if (header.size() > most)
            throw damaged(here, "a name of " + header.size() + " bytes");
        final byte[] bytes = new byte[(int) header.size()];
        read(bytes);
        return bytes;
    }

    private long after(long size, long here) throws IOException {
        if (size > Long.MAX_VALUE - at - TarHeader.BLOCK)
            throw damaged(here, "a size of " + size + " bytes");
        return at + (size + TarHeader.BLOCK - 1) / TarHeader.BLOCK * TarHeader.BLOCK;
    }

    private void read(byte[] target) throws IOException {
        final int n;
        try {
            n = in.readNBytes(target, 0, target.length);
        } catch (IOException e) { // of a decompressor: it knows no names
            throw new IOException(archive + " is damaged after byte " + at + ": " + e.getMessage(), e);
        }
        at += n;
        if (n < target.length)
            throw cut();
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

    private IOException cut() {
        return new EOFException(archive + " is cut: it ends at byte " + at + ", inside a member or without the mark of an end");
    }

    private IOException damaged(long here, String what) {
        return new IOException(archive + " is damaged at byte " + here + ": " + what);
    }

    private static String cString(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0)
            end++;
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
