package retort.ingest.settings;

import com.typesafe.config.Config;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import retort.place.Places;
import retort.settings.Identity;
import retort.settings.Section;

/**
 * Picks the settings that decide the bytes of one stream. All other settings may change while the stream goes on. Stateless; any
 * thread.
 */
final class StreamIdentity {
    private static final String ROOT = "ingest.";

    /** Keys that decide when, where and how far a stream is published, but no byte of it. */
    private static final Set<String> INCIDENTAL = Set.of("streams", "stream", "epochs", "partitions-owned", "group", "id",
            "max-ahead",
            "retention",
            "max-rejected", "read-ahead", "waiting-told-after", "transaction", "threads", "memory");

    /** Recipes that draw no random number. */
    private static final Set<String> FIXED = Set.of("eval", "none");

    private static final Set<String> RECIPES = Set.of("pretrain", "finetune", "eval");

    private StreamIdentity() {
    }

    /**
     * The identity of the training stream.
     *
     * @param defaults the section {@code ingest} of reference.conf
     */
    static Identity train(Section ingest, Section defaults, long seed, String recipe) {
        return shaping(ingest, defaults, recipe, Set.of("few", "val", "probe", "recipe.evaluation")).with("seed",
                String.valueOf(seed));
    }

    /**
     * The identity of a stream that is kept for ever.
     *
     * @param defaults the section {@code ingest} of reference.conf
     * @param role {@code val} or {@code probe}, which is its section in the settings
     * @param recipe name of the recipe that is in force
     */
    static Identity kept(Section ingest, Section defaults, long seed, String role, String recipe) {
        final Set<String> others = new HashSet<>(Set.of("samples", "shuffle-window", "recipe.name", role + ".stream"));
        others.addAll(role.equals("val") ? Set.of("source", "few", "probe") : Set.of("few", "val"));
        final Identity shaping = shaping(ingest, defaults, recipe, others).with(ROOT + "recipe.evaluation", recipe);
        return FIXED.contains(recipe) ? shaping : shaping.with("seed", String.valueOf(seed));
    }

    static Identity defaults(Config reference) {
        final Section ingest = Section.of(reference, "ingest");
        return new Identity(new TreeMap<>()).with(ROOT, ingest.identity(ingest, Set.of()))
                .with("seed", String.valueOf(reference.getLong("seed")));
    }

    private static Identity shaping(Section ingest, Section defaults, String recipe, Set<String> others) {
        final Set<String> without = new HashSet<>(INCIDENTAL);
        without.addAll(others);
        RECIPES.stream().filter(other -> !other.equals(recipe)).forEach(other -> without.add("recipe." + other));
        if (recipe.equals("none"))
            without.add("recipe.interpolation");
        return shown(new Identity(new TreeMap<>()).with(ROOT, ingest.identity(defaults, without)));
    }

    /** Without the signatures of signed addresses, which are secret, and another one each time. */
    private static Identity shown(Identity identity) {
        Identity shown = identity;
        for (final String key : Set.of(ROOT + "source", ROOT + "val.source")) {
            final @Nullable String source = identity.settings().get(key);
            if (source != null)
                shown = shown.with(key, Places.shown(source));
        }
        return shown;
    }
}
