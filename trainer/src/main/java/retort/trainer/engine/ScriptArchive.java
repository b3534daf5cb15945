package retort.trainer.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Makes a TorchScript archive without Python. The archive is a zip of uncompressed entries. It holds the source of one class and a pickle
 * of one instance of this class, whose attributes are plain values.
 */
final class ScriptArchive {
    private static final Pattern CLASS = Pattern.compile("^class (\\w+)\\(Module\\):", Pattern.MULTILINE);
    private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};

    private ScriptArchive() {
    }

    /**
     * Makes an archive.
     *
     * @param source the text of one {@code class NAME(Module):}
     * @throws IllegalArgumentException if there is no such class, or an attribute has another type than those of {@link Program#compile}
     */
    static byte[] pack(String source, Map<String, Object> attributes) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "m/data.pkl", instance(className(source), attributes));
            store(zip, "m/code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            store(zip, "m/constants.pkl", EMPTY_TUPLE);
            store(zip, "m/version", "10\n".getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static String className(String source) {
        final Matcher head = CLASS.matcher(source);
        if (!head.find())
            throw new IllegalArgumentException("a TorchScript program is one class NAME(Module):");
        return head.group(1);
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        final CRC32 crc = new CRC32();
        crc.update(content);
        final ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** A pickle of protocol 2: it calls {@code __torch__.NAME.__new__(__torch__.NAME)} and sets the state from a dictionary. */
    private static byte[] instance(String name, Map<String, Object> attributes) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[]{(byte) 0x80, 2});
        global(out, "__torch__", name);
        out.writeBytes(bytes(")\u0081}("));
        text(out, "training");
        out.write(0x88);
        attributes.forEach((key, value) -> {
            text(out, key);
            value(out, value);
        });
        out.writeBytes(bytes("ub."));
        return out.toByteArray();
    }

    private static void value(ByteArrayOutputStream out, Object value) {
        switch (value) {
            case Boolean flag -> out.write(flag ? 0x88 : 0x89);
            case Integer number -> integer(out, number);
            case Double real -> {
                out.write('G');
                for (int shift = 56; shift >= 0; shift -= 8)
                    out.write((int) (Double.doubleToLongBits(real) >>> shift));
            }
            case String string -> text(out, string);
            case List<?> numbers -> {
                global(out, "torch.jit._pickle", "build_intlist");
                out.writeBytes(bytes("]("));
                numbers.forEach(number -> integer(out, (Integer) number));
                out.writeBytes(bytes("e\u0085R"));
            }
            default -> throw new IllegalArgumentException("no attribute can be a " + value.getClass().getName());
        }
    }

    private static void integer(ByteArrayOutputStream out, int number) {
        out.write('J');
        littleEndian(out, number);
    }

    private static void text(ByteArrayOutputStream out, String text) {
        final byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.write('X');
        littleEndian(out, utf8.length);
        out.writeBytes(utf8);
    }

    private static void global(ByteArrayOutputStream out, String module, String name) {
        out.writeBytes(bytes("c" + module + "\n" + name + "\n"));
    }

    private static void littleEndian(ByteArrayOutputStream out, int number) {
        for (int shift = 0; shift < 32; shift += 8)
            out.write(number >>> shift);
    }

    private static byte[] bytes(String opcodes) {
        return opcodes.getBytes(StandardCharsets.ISO_8859_1);
    }
}
