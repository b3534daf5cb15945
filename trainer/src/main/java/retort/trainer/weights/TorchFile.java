package retort.trainer.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import retort.pickle.Pickle;
import retort.pickle.PickleException;
import retort.pickle.Value;
import retort.pickle.Value.Bool;
import retort.pickle.Value.Dict;
import retort.pickle.Value.Int;
import retort.pickle.Value.Persistent;
import retort.pickle.Value.Sequence;
import retort.pickle.Value.Text;

/**
 * Reads a checkpoint of {@code torch.save}: a zip of a pickle and its storages, or, before torch 1.6, five pickles followed by the
 * storages. Only the storages of the state dict are read, so an optimiser in the same file costs no time and no memory.
 */
final class TorchFile {
    private static final BigInteger LEGACY_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final BigInteger LEGACY_PROTOCOL = BigInteger.valueOf(1001);
    /**
     * Keys under which trainers keep the weights. The first key that is in the file is taken. Averaged weights come first, and state_dict
     * comes before model, as in timm. The teacher comes before the student, because DINO and iBOT evaluate it. If the file has none of
     * these keys, its top dictionary is the state dict.
     */
    private static final List<String> WRAPPERS = List.of("state_dict_ema", "model_ema", "state_dict", "model", "teacher",
            "student",
            "target_encoder", "encoder", "module", "net", "weights");
    /** Far above the size of any list of tensor names. The memory that a pickle takes has its own limit in the pickle's reader. */
    private static final long MAX_PICKLE_BYTES = 32 << 20;
    /** Bytes that views may take beyond the length of the file, because a view may repeat elements, as one expanded over a batch does. */
    private static final long REPEATED_BYTES = 16 << 20;

    /**
     * The weights of one model.
     *
     * @param tensors tensors by name, as views of the file
     * @param notes sentences for people about the choice among several models
     * @param isChosen true if this is the model that the caller has named
     */
    record StateDict(Map<String, HostTensor> tensors, List<String> notes, boolean isChosen) {
    }

    private TorchFile() {
    }

    static boolean isZip(MemorySegment file) {
        return startsWith(file, 'P', 'K', 3, 4);
    }

    /** A legacy file begins with a pickle of torch's magic number, in any protocol. */
    static boolean isLegacy(MemorySegment file) {
        if (!startsWith(file, 0x80) && !startsWith(file, 'L'))
            return false;
        try {
            return Pickle.read(file.asSlice(0, Math.min(64, file.byteSize())).asByteBuffer(), TorchNames::known)
                    .top() instanceof Int(final BigInteger magic) && magic.equals(LEGACY_MAGIC);
        } catch (PickleException _) {
            return false;
        }
    }

    /**
     * Reads a zip.
     *
     * @param wanted true for the names of tensors to read
     * @param model key of the model to take; empty for the first of {@link #WRAPPERS}
     * @throws WeightsException if the file is refused; the message does not name the file
     * @throws PickleException if the pickle is refused; the message does not name the file
     */
    static StateDict readZip(MemorySegment file, Predicate<String> wanted, Optional<String> model) {
        final TorchZip zip = new TorchZip(file);
        final List<String> pickles = zip.names().stream().filter(name -> name.matches("([^/]+/)*data\\.pkl")).toList();
        if (pickles.size() != 1)
            throw new WeightsException("it holds " + (pickles.isEmpty() ? "no" : "more than one")
                    + " record NAME/data.pkl, as every file of torch.save has"
                    + (zip.names().stream().anyMatch(name -> name.endsWith(".npy"))
                            ? "; it is a numpy archive, as JAX's models are saved in: convert it to safetensors"
                            : ""));
        final String root = pickles.getFirst().substring(0, pickles.getFirst().lastIndexOf('/') + 1);
        zip.entry(root + "byteorder").ifPresent(order -> {
            if (!"little".equals(new String(order.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII)))
                throw new WeightsException("it was written on a big-endian machine: save it again on another");
        });
        final MemorySegment pickle = zip.entry(pickles.getFirst()).orElseThrow();
        if (pickle.byteSize() > MAX_PICKLE_BYTES)
            throw new WeightsException("its data.pkl has " + pickle.byteSize() + " bytes, far more than names of tensors take");
        final Pickle read = Pickle.read(pickle.asByteBuffer(), TorchNames::known);
        final TorchStorages storages = (key, bytes) -> {
            final MemorySegment storage = zip.entry(root + "data/" + key)
                    .orElseThrow(() -> new WeightsException("is in record data/" + key + ", which the file lacks"));
            return requireBytes(storage, key, bytes);
        };
        return stateDict(read.top(), new TorchTensors(storages, file.byteSize() + REPEATED_BYTES), wanted, model);
    }

    /** Reads a file of torch before 1.6. Parameters and exceptions are those of {@link #readZip}. */
    static StateDict readLegacy(MemorySegment file, Predicate<String> wanted, Optional<String> model) {
        final ByteBuffer head = file.asSlice(0, Math.min(MAX_PICKLE_BYTES, file.byteSize())).asByteBuffer();
        if (!(next(head).top() instanceof Int(final BigInteger magic)) || !magic.equals(LEGACY_MAGIC))
            throw new WeightsException("its magic number is not torch's");
        if (!(next(head).top() instanceof Int(final BigInteger protocol)) || !protocol.equals(LEGACY_PROTOCOL))
            throw new WeightsException("it has a protocol other than " + LEGACY_PROTOCOL);
        if (next(head).top() instanceof final Dict system
                && system.entries().get("little_endian") instanceof Bool(final boolean little)
                && !little)
            throw new WeightsException("it was written on a big-endian machine: save it again on another");
        final Pickle content = next(head);
        if (!(next(head).top() instanceof Sequence(final List<Value> keys)))
            throw new WeightsException("it has no list of its storages");
        final Map<String, MemorySegment> found = legacyStorages(file.asSlice(head.position()), keys, declared(content));
        final TorchStorages storages = (key, bytes) -> requireBytes(Optional.ofNullable(found.get(key))
                .orElseThrow(() -> new WeightsException("is in storage " + key + ", which the file lacks")), key, bytes);
        return stateDict(content.top(), new TorchTensors(storages, file.byteSize() + REPEATED_BYTES), wanted, model);
    }

    private static Pickle next(ByteBuffer head) {
        final Pickle pickle = Pickle.read(head, TorchNames::known);
        head.position(Math.toIntExact(head.position() + pickle.bytes()));
        return pickle;
    }

    private static Map<String, TorchStorage> declared(Pickle content) {
        final Map<String, TorchStorage> declared = new HashMap<>();
        for (final Persistent reference : content.references()) {
            final TorchStorage storage = TorchStorage.of(reference);
            final TorchStorage before = declared.putIfAbsent(storage.key(), storage);
            if (before != null && !before.equals(storage))
                throw new WeightsException("storage " + storage.key() + " is described in two ways");
        }
        return declared;
    }

    /** Finds the storages, which lie one after another: first the number of elements, then their bytes. */
    private static Map<String, MemorySegment> legacyStorages(MemorySegment rest, List<Value> keys,
            Map<String, TorchStorage> declared) {
        final Map<String, MemorySegment> storages = new HashMap<>();
        long at = 0;
        for (final Value each : keys) {
            final String key = each instanceof Text(final String text) ? text : each.kind();
            final TorchStorage storage = declared.get(key);
            if (storage == null)
                throw new WeightsException("it lists storage " + key + ", which no tensor describes");
            if (rest.byteSize() - at < Long.BYTES || rest.byteSize() - at - Long.BYTES < storage.bytes())
                throw new WeightsException("it ends inside storage " + key + ": it is cut short");
            final long elements = rest.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at);
            if (elements != storage.elements())
                throw new WeightsException(
                        "storage " + key + " holds " + elements + " elements instead of " + storage.elements());
            storages.put(key, rest.asSlice(at + Long.BYTES, storage.bytes()));
            at += Long.BYTES + storage.bytes();
        }
        return storages;
    }

    private static StateDict stateDict(Value top, TorchTensors tensors, Predicate<String> wanted, Optional<String> model) {
        if (!(top instanceof final Dict whole))
            throw new WeightsException("it holds " + top.kind() + ", not a dictionary of tensors");
        final List<String> inside = whole.entries().entrySet().stream().filter(each -> each.getValue() instanceof Dict)
                .map(Map.Entry::getKey).toList();
        final List<String> models = inside.stream()
                .filter(name -> WRAPPERS.contains(name) || model.filter(name::equals).isPresent())
                .toList();
        final Optional<String> taken = model.filter(models::contains)
                .or(() -> WRAPPERS.stream().filter(models::contains).findFirst());
        final Dict dict = taken.map(name -> whole.entries().get(name)).map(Dict.class::cast).orElse(whole);
        final List<String> notes = models.size() > 1
                ? List.of("of the models " + models + " it took " + taken.orElseThrow() + "; another is chosen by file:PATH#NAME")
                : List.of();
        return new StateDict(tensors(dict, tensors, wanted), notes, model.isPresent() && taken.equals(model));
    }

    /**
     * Reads the tensors of a dictionary. Other values (None, numbers, names) are ignored, unless the dictionary has no tensor at all.
     */
    private static Map<String, HostTensor> tensors(Dict dict, TorchTensors tensors, Predicate<String> wanted) {
        final Map<String, HostTensor> read = new LinkedHashMap<>();
        final List<String> others = new ArrayList<>();
        for (final Map.Entry<String, Value> each : dict.entries().entrySet())
            if (wanted.test(each.getKey()))
                try {
                    tensors.tensor(each.getValue()).ifPresentOrElse(tensor -> read.put(each.getKey(), tensor),
                            () -> others.add("tensor " + each.getKey() + ": is " + each.getValue().kind() + ", not a tensor"));
                } catch (WeightsException e) {
                    throw new WeightsException("tensor " + each.getKey() + ": " + e.getMessage(), e);
                }
        if (read.isEmpty() && !others.isEmpty())
            throw new WeightsException(others.getFirst());
        return read;
    }

    private static MemorySegment requireBytes(MemorySegment storage, String key, long bytes) {
        if (storage.byteSize() != bytes)
            throw new WeightsException(
                    "is in storage " + key + " of " + storage.byteSize() + " bytes, which should have " + bytes);
        return storage;
    }

    private static boolean startsWith(MemorySegment file, int... bytes) {
        if (file.byteSize() < bytes.length)
            return false;
        for (int i = 0; i < bytes.length; i++)
            if (file.get(ValueLayout.JAVA_BYTE, i) != (byte) bytes[i])
                return false;
        return true;
    }
}
