package retort.trainer.pretrained;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import retort.trainer.model.Mlp;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.WeightsException;

/**
 * Brings an encoder's tensors to the form that {@code dmae.py} takes. The function of the encoder stays the same: q, k and v are joined;
 * an absent bias becomes a bias of zeros; the positions of registers and of the distillation token are added to these tokens; and a
 * position table without a row for the class token gets a row of zeros. Confined to one thread.
 */
final class Canonical {
    /** Linear layers that have no bias in some models. A LayerNorm without a bias is refused later, because it gets no zeros here. */
    private static final List<String> LINEAR = List.of("attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2", "mlp.w12", "mlp.w3");

    private final Map<String, HostTensor> tensors;
    private final int depth;

    private Canonical(Map<String, HostTensor> timm) {
        this.tensors = new LinkedHashMap<>(timm);
        this.depth = depth(tensors);
        if (depth == 0)
            throw new WeightsException("it has no blocks.0.norm1.weight: these are not the weights of a Vision Transformer");
        final String after = "blocks." + (depth + 1) + ".";
        tensors.keySet().stream().filter(name -> name.startsWith(after)).findFirst().ifPresent(name -> {
            throw new WeightsException("it has no blocks." + depth + ".norm1.weight, but " + name
                    + ": a block in between is missing, so the file is not whole");
        });
    }

    /** Number of blocks. */
    static int depth(Map<String, HostTensor> tensors) {
        int blocks = 0;
        while (tensors.containsKey("blocks." + blocks + ".norm1.weight"))
            blocks++;
        return blocks;
    }

    /** @param timm tensors under timm's names; the map is not changed */
    static Map<String, HostTensor> of(Map<String, HostTensor> timm) {
        final Canonical canonical = new Canonical(timm);
        canonical.clipTokens();
        for (int block = 0; block < canonical.depth; block++) {
            canonical.joinQkv("blocks." + block + ".attn.");
            canonical.separateBiases("blocks." + block + ".attn.");
            canonical.packedSwiGlu("blocks." + block + ".mlp.");
        }
        LINEAR.forEach(canonical::zeroBiases);
        canonical.zeroBias("patch_embed.proj");
        canonical.positions();
        return canonical.tensors;
    }

    /** CLIP keeps its class token as (D) and its positions as (1 + L, D). */
    private void clipTokens() {
        reshape("cls_token", 1);
        reshape("pos_embed", 2);
    }

    private void reshape(String name, int axes) {
        final HostTensor tensor = tensors.get(name);
        if (tensor == null || tensor.shape().length != axes)
            return;
        final long[] shape = tensor.shape();
        tensors.put(name, new HostTensor(tensor.dtype(),
                axes == 1 ? new long[]{1, 1, shape[0]} : new long[]{1, shape[0], shape[1]}, tensor.data()));
    }

    private void joinQkv(String attention) {
        for (final String part : List.of("weight", "bias")) {
            final List<String> names = List.of(attention + "q." + part, attention + "k." + part, attention + "v." + part);
            if (names.stream().allMatch(tensors::containsKey)) {
                tensors.put(attention + "qkv." + part,
                        rows(names.stream().map(name -> taken(name).asFloat32()).toList()));
            }
        }
    }

    /** Joins the biases of BEiT and EVA. Their q and v have a bias and their k has none; a k_bias that is stored holds zeros. */
    private void separateBiases(String attention) {
        final HostTensor q = tensors.get(attention + "q_bias");
        final HostTensor v = tensors.get(attention + "v_bias");
        if (q == null || v == null || tensors.containsKey(attention + "qkv.bias"))
            return;
        tensors.remove(attention + "q_bias");
        tensors.remove(attention + "v_bias");
        final HostTensor stored = tensors.remove(attention + "k_bias");
        final HostTensor k = stored == null ? zeros(q.shape()) : stored.asFloat32();
        tensors.put(attention + "qkv.bias", rows(List.of(q.asFloat32(), k, v.asFloat32())));
    }

    /**
     * Renames the layers of a SwiGLU, which timm calls fc1 and fc2. A SwiGLU is known by its fc1, which has twice as many outputs as fc2
     * has inputs.
     */
    private void packedSwiGlu(String mlp) {
        final HostTensor first = tensors.get(mlp + "fc1.weight");
        final HostTensor second = tensors.get(mlp + "fc2.weight");
        if (first == null || second == null || first.shape().length != 2 || second.shape().length != 2
                || first.shape()[0] != 2 * second.shape()[1])
            return;
        for (final String part : List.of("weight", "bias")) {
            rename(mlp + "fc1." + part, mlp + "w12." + part);
            rename(mlp + "fc2." + part, mlp + "w3." + part);
        }
    }

    private void zeroBiases(String layer) {
        final List<String> names = IntStream.range(0, depth).mapToObj(block -> "blocks." + block + "." + layer).toList();
        // A bias that only some blocks lack is a damaged file.
        if (names.stream().noneMatch(name -> tensors.containsKey(name + ".bias")))
            names.forEach(this::zeroBias);
    }

    private void zeroBias(String layer) {
        final HostTensor weight = tensors.get(layer + ".weight");
        if (weight != null && weight.shape().length > 1 && !tensors.containsKey(layer + ".bias"))
            tensors.put(layer + ".bias", zeros(weight.shape()[0]));
    }

    /** Makes {@code pos_embed} (1, 1 + L, D), and {@code reg_token} all other tokens with their positions added. */
    private void positions() {
        final HostTensor table = tensors.get("pos_embed");
        if (table == null || table.shape().length != 3 || table.shape()[0] != 1)
            return; // the fit then names the tensor
        final List<HostTensor> extra = new ArrayList<>();
        for (final String name : List.of("dist_token", "reg_token"))
            if (tensors.containsKey(name))
                extra.add(taken(name).asFloat32());
        final int classToken = tensors.containsKey("cls_token") ? 1 : 0;
        final int others = Math.toIntExact(extra.stream().mapToLong(token -> token.shape()[token.shape().length - 2]).sum());
        final int width = Math.toIntExact(table.shape()[2]);
        final int rows = Math.toIntExact(table.shape()[1]);
        final int own = positionsOfTokens(rows, classToken, others);
        if (others == 0 && own == 1)
            return;
        final float[] values = table.asFloat32().floats();
        final float[] patches = new float[(1 + rows - own) * width];
        System.arraycopy(values, own * width, patches, width, (rows - own) * width);
        if (own > 0 && classToken > 0)
            System.arraycopy(values, 0, patches, 0, width);
        tensors.put("pos_embed", HostTensor.ofFloats(patches, 1, 1 + (long) rows - own, width));
        if (others > 0)
            tensors.put("reg_token", withPositions(extra, own == classToken + others ? values : new float[0], classToken, width));
    }

    /**
     * Number of rows of a position table that belong to tokens other than patches. There are three possibilities: no row, a row for the
     * class token alone, or a row for each such token. The remaining rows belong to patches, so their number is a square.
     */
    private static int positionsOfTokens(int rows, int classToken, int others) {
        final List<Integer> possible = IntStream.of(0, classToken, classToken + others).distinct().boxed()
                .filter(own -> rows > own && isSquare(rows - own)).toList();
        if (possible.size() != 1)
            throw new WeightsException("pos_embed has " + rows + " rows, from which " + (classToken + others)
                    + " tokens beside the patches " + (possible.isEmpty() ? "leave no square grid" : "leave more than one grid"));
        return possible.getFirst();
    }

    private static HostTensor withPositions(List<HostTensor> extra, float[] positions, int first, int width) {
        final HostTensor joined = rows(extra.stream()
                .map(token -> new HostTensor(token.dtype(), new long[]{token.elements() / width, width}, token.data())).toList());
        final float[] tokens = joined.floats();
        if (positions.length > 0)
            for (int i = 0; i < tokens.length; i++)
                tokens[i] += positions[first * width + i];
        return HostTensor.ofFloats(tokens, 1, tokens.length / width, width);
    }

    private static boolean isSquare(int patches) {
        final int side = (int) Math.round(Math.sqrt(patches));
        return side * side == patches;
    }

    /** Concatenates tensors along the first axis. All must have the same type. */
    private static HostTensor rows(List<HostTensor> parts) {
        final long[] shape = parts.getFirst().shape().clone();
        if (parts.stream().anyMatch(part -> part.shape().length != shape.length))
            throw new WeightsException("q, k and v have different axes");
        shape[0] = parts.stream().mapToLong(part -> part.shape()[0]).sum();
        final int bytes = Math.toIntExact(parts.stream().mapToLong(part -> part.data().limit()).sum());
        final ByteBuffer all = ByteBuffer.allocateDirect(bytes);
        parts.forEach(part -> all.put(part.view()));
        return new HostTensor(parts.getFirst().dtype(), shape, all.flip());
    }

    private static HostTensor zeros(long... shape) {
        return HostTensor.ofFloats(new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))], shape);
    }

    private HostTensor taken(String name) {
        final @Nullable HostTensor tensor = tensors.remove(name);
        if (tensor == null)
            throw new WeightsException(name + " is missing");
        return tensor;
    }

    private void rename(String from, String to) {
        final @Nullable HostTensor tensor = tensors.remove(from);
        if (tensor != null)
            tensors.put(to, tensor);
    }

    /**
     * Multiplies layer scale into the layer before it, so that a model without layer scale is the same function.
     *
     * @param tensors tensors in the form of {@link #of}; the map is not changed
     */
    static Map<String, HostTensor> withoutLayerScale(Map<String, HostTensor> tensors) {
        final Map<String, HostTensor> folded = new LinkedHashMap<>(tensors);
        for (int block = 0; block < depth(tensors); block++) {
            final String prefix = "blocks." + block + ".";
            final Mlp mlp = Arrays.stream(Mlp.values()).filter(each -> tensors.containsKey(prefix + each.second() + ".weight"))
                    .findFirst().orElse(Mlp.GELU);
            fold(folded, prefix + "ls1.gamma", prefix + "attn.proj");
            fold(folded, prefix + "ls2.gamma", prefix + mlp.second());
        }
        return folded;
    }

    private static void fold(Map<String, HostTensor> tensors, String scale, String layer) {
        final @Nullable HostTensor gamma = tensors.remove(scale);
        if (gamma == null)
            return;
        final float[] factors = gamma.asFloat32().floats();
        for (final String part : List.of(".weight", ".bias"))
            tensors.computeIfPresent(layer + part, (name, tensor) -> {
                final float[] values = tensor.asFloat32().floats();
                final int inputs = values.length / factors.length;
                for (int i = 0; i < values.length; i++)
                    values[i] *= factors[i / inputs];
                return HostTensor.ofFloats(values, tensor.shape());
            });
    }
}
