package retort.trainer.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Recognises files of other programs by their first bytes, for messages. Any thread. */
final class ForeignFile {
    /** Names of kinds of files by their first bytes, as Latin-1. */
    private static final Map<String, String> BEGINNINGS = Map.of("GGUF", "a GGUF file of llama.cpp", "\u0089HDF\r\n",
            "an HDF5 file of Keras",
            "\u0093NUMPY", "a numpy array", "\u001f\u008b", "compressed by gzip", "7z\u00bc\u00af", "a 7z archive",
            "version https://git-lfs",
            "a pointer of Git LFS, not the file itself: fetch it with git lfs pull");
    private static final int TAR_MARK = 257;

    private ForeignFile() {
    }

    /** The kind as the end of a sentence; empty if it is not known. */
    static String kind(MemorySegment file) {
        for (final Map.Entry<String, String> known : BEGINNINGS.entrySet())
            if (startsWith(file, 0, known.getKey()))
                return "; it is " + known.getValue() + way(known.getValue());
        if (startsWith(file, TAR_MARK, "ustar"))
            return "; it is a tar archive: unpack it first";
        return looksLikeText(file) ? ", but text" : "";
    }

    private static String way(String kind) {
        return kind.contains("gzip") || kind.contains("7z")
                ? ": unpack it first"
                : kind.contains("LFS") ? "" : ": convert it to safetensors";
    }

    private static boolean startsWith(MemorySegment file, int at, String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (file.byteSize() < at + bytes.length)
            return false;
        for (int i = 0; i < bytes.length; i++)
            if (file.get(ValueLayout.JAVA_BYTE, at + i) != bytes[i])
                return false;
        return true;
    }

    /** True for text, such as an error page that was saved under the name of weights. */
    private static boolean looksLikeText(MemorySegment file) {
        for (long at = 0; at < Math.min(200, file.byteSize()); at++) {
            final byte next = file.get(ValueLayout.JAVA_BYTE, at);
            if (next < ' ' && next != '\n' && next != '\r' && next != '\t')
                return false;
        }
        return file.byteSize() > 0;
    }
}
