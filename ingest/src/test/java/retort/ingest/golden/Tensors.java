package retort.ingest.golden;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** A safetensors file that is completely in memory. */
public final class Tensors {
    private final byte[] bytes;
    private final int data;
    private final Config header;

    private Tensors(byte[] bytes) {
        this.bytes = bytes;
        final int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        this.data = 8 + length;
        this.header = ConfigFactory.parseString(new String(bytes, 8, length, StandardCharsets.UTF_8));
    }

    public static Tensors read(Path file) throws IOException {
        return new Tensors(Files.readAllBytes(file));
    }

    public Set<String> names() {
        return header.root().keySet().stream().filter(name -> !name.equals("__metadata__")).collect(Collectors.toSet());
    }

    public boolean has(String name) {
        return header.hasPath(ConfigUtil.quoteString(name));
    }

    public int[] shape(String name) {
        return tensor(name).getIntList("shape").stream().mapToInt(Integer::intValue).toArray();
    }

    public byte[] bytes(String name) {
        final var offsets = tensor(name).getIntList("data_offsets");
        return Arrays.copyOfRange(bytes, data + offsets.get(0), data + offsets.get(1));
    }

    public float[] floats(String name) {
        final var buffer = ByteBuffer.wrap(bytes(name)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        final float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private Config tensor(String name) {
        return header.getConfig(ConfigUtil.quoteString(name));
    }
}
