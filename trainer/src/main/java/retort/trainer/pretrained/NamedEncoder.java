package retort.trainer.pretrained;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.WeightsException;

/**
 * The tensors of one encoder in a file, under timm's names if its family has rules for them. The names have no prefix
 * ({@code module.}, {@code backbone.}, ...) and no wrappers of compilers.
 *
 * @param family convention of names in the file
 * @param prefix prefix of its names in the file, without wrappers; empty or ending with a dot
 * @param tensors tensors by name
 * @param file the same tensors under the names in the file, without prefix
 * @param beside names of the file's tensors that belong to other modules: a text tower, a second encoder, a detector's neck
 * @param notes sentences for people about the choice among several encoders
 */
record NamedEncoder(Family family, String prefix, Map<String, HostTensor> tensors, Map<String, HostTensor> file,
        List<String> beside, List<String> notes) {
    /** Wrappers that compilers and sharding put at any place into a name. */
    private static final Pattern WRAPPERS = Pattern
            .compile("(^|(?<=\\.))(_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\\.");
    /**
     * Names of encoders by preference: if a file holds several, the first of this list is taken. Averaged weights come first, as in timm.
     * MoCo-v3's base encoder comes before its momentum encoder, because MoCo-v3 is evaluated with it.
     */
    private static final List<String> PREFERRED = List.of("ema", "model_ema", "teacher", "target_encoder", "base_encoder",
            "visual",
            "vision_model", "student", "online_encoder", "encoder", "backbone", "momentum_encoder");

    /**
     * Finds the encoder.
     *
     * @param file tensors of the whole file, by name
     * @param model a part of the prefix of one of several encoders; empty to choose by preference
     * @throws WeightsException if the file holds no encoder, or several of which none is preferred
     */
    static NamedEncoder of(Map<String, HostTensor> file, Optional<String> model) {
        final Map<String, HostTensor> clean = new LinkedHashMap<>();
        file.forEach((name, tensor) -> {
            if (clean.put(WRAPPERS.matcher(name).replaceAll(""), tensor) != null)
                throw new WeightsException("tensor " + name + " is there twice, once inside of a wrapper");
        });
        final List<Place> places = places(clean);
        if (places.isEmpty())
            throw new WeightsException(
                    "it has no patch_embed.proj.weight, nor what Hugging Face or CLIP call it: these are not the"
                            + " weights of a Vision Transformer under names that are known here");
        final Place place = choose(places, model);
        final Map<String, HostTensor> tensors = new LinkedHashMap<>();
        final Map<String, HostTensor> inFile = new LinkedHashMap<>();
        final List<String> beside = new ArrayList<>();
        clean.forEach((name, tensor) -> {
            if (name.startsWith(place.prefix))
                inFile.put(name.substring(place.prefix.length()), tensor);
            if (name.startsWith(place.prefix))
                put(tensors, place.family.timm(name.substring(place.prefix.length())), tensor);
            else if (place.family == Family.HUGGING_FACE && name.startsWith("classifier."))
                put(tensors, name.replace("classifier.", "head."), tensor);
            else
                beside.add(name);
        });
        return new NamedEncoder(place.family, place.prefix, tensors, inFile, beside, notes(places, place));
    }

    private record Place(Family family, String prefix) {
        private boolean isCalled(String name) {
            return List.of(prefix.split("\\.")).contains(name);
        }

        private int rank() {
            for (int i = 0; i < PREFERRED.size(); i++)
                if (isCalled(PREFERRED.get(i)))
                    return i;
            return PREFERRED.size();
        }

        @Override
        public String toString() {
            return prefix.isEmpty() ? "the one without a prefix" : prefix.substring(0, prefix.length() - 1);
        }
    }

    private static List<Place> places(Map<String, HostTensor> tensors) {
        final List<Place> places = new ArrayList<>();
        for (final String name : tensors.keySet())
            for (final Family family : Family.values())
                if (name.equals(family.anchor()) || name.endsWith("." + family.anchor())) {
                    final String prefix = name.substring(0, name.length() - family.anchor().length());
                    // A ResNet has a kernel called conv1 too.
                    if (family != Family.CLIP || tensors.containsKey(prefix + "class_embedding"))
                        places.add(new Place(family, prefix));
                }
        return places;
    }

    private static Place choose(List<Place> places, Optional<String> model) {
        if (model.isPresent()) {
            final List<Place> called = places.stream().filter(place -> place.isCalled(model.get())).toList();
            if (called.size() == 1)
                return called.getFirst();
            throw new WeightsException("#" + model.get() + " names " + (called.isEmpty() ? "none" : "more than one")
                    + " of its models: there are " + places);
        }
        final List<Place> ranked = places.stream().sorted(Comparator.comparingInt(Place::rank)).toList();
        if (ranked.size() > 1 && ranked.get(0).rank() == ranked.get(1).rank())
            throw new WeightsException("it holds several models, " + places + ": name one, as in file:PATH#"
                    + ranked.getFirst().toString());
        return ranked.getFirst();
    }

    private static List<String> notes(List<Place> places, Place taken) {
        return places.size() == 1
                ? List.of()
                : List.of("of the models " + places + " it took " + taken + "; another is chosen by file:PATH#NAME");
    }

    private static void put(Map<String, HostTensor> tensors, String name, HostTensor tensor) {
        if (tensors.put(name, tensor) != null)
            throw new WeightsException("two of its tensors are both called " + name + " by timm");
    }
}
