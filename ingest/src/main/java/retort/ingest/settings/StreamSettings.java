package retort.ingest.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import retort.ingest.recipe.RecipeSettings;
import retort.place.Places;
import retort.settings.Identity;
import retort.settings.Section;

/**
 * The settings of one stream that ingest publishes.
 *
 * @param name name of the stream
 * @param sourceKey the setting that names the source: {@code ingest.source} or {@code ingest.val.source}
 * @param source SCHEME:LOCATION
 * @param from number of samples of the source that are passed over before the first that is taken
 * @param samples number of samples that are taken from the source, from there on; 0 takes all
 * @param recipe settings of the recipe that makes the pixels
 * @param epochs number of epochs until the stream ends; 0 if it never ends
 * @param retention number of images that the broker keeps; if empty, the stream is kept for ever, is not shuffled and ignores the demand of
 *        runs
 * @param identity the settings that decide the stream's bytes, by the user's own keys
 */
public record StreamSettings(String name, String sourceKey, String source, long from, long samples, RecipeSettings recipe,
        long epochs, OptionalLong retention, Identity identity) {
    /**
     * The streams that {@code ingest.streams} names, in that order.
     *
     * @param defaults the section {@code ingest} of reference.conf
     * @throws retort.settings.SettingException if a value is not allowed
     */
    static List<StreamSettings> all(Section ingest, Section defaults, long seed) {
        final List<StreamSettings> all = new ArrayList<>();
        final List<String> wanted = ingest.strings("streams");
        for (final String stream : wanted)
            switch (stream) {
                case "train" -> all.add(train(ingest, defaults, seed, "stream", "samples"));
                case "few" -> {
                    final StreamSettings few = train(ingest, defaults, seed, "few.stream", "few.samples");
                    if (few.samples() > 0)
                        all.add(few);
                }
                case "val" -> {
                    if (ingest.optionalString("val.source").isPresent())
                        all.add(kept(ingest, defaults, "val", "val.source", seed));
                }
                case "probe" -> all.add(kept(ingest, defaults, "probe", "source", seed));
                default -> throw ingest.error("streams", wanted, "must be among [train, few, val, probe]");
            }
        if (all.isEmpty())
            throw ingest.error("streams", wanted, "leaves nothing to publish: name a stream, and its source");
        if (all.stream().map(StreamSettings::name).distinct().count() < all.size())
            throw ingest.error("streams", all.stream().map(StreamSettings::name).toList(),
                    "streams must have different names: see ingest.stream, ingest.few.stream, ingest.val.stream, ingest.probe.stream");
        return all;
    }

    /** The source as messages and topics show it, without secrets. */
    public String shown() {
        return Places.shown(source);
    }

    /** True if every epoch has an order of its own. */
    public boolean shuffled() {
        return retention.isPresent();
    }

    private static StreamSettings train(Section ingest, Section defaults, long seed, String stream, String samples) {
        final long ahead = ingest.number("max-ahead", 1, Long.MAX_VALUE / 4);
        final long retention = ingest.number("retention", 0, Long.MAX_VALUE / 2);
        if (retention > 0 && retention < 2 * ahead)
            throw ingest.error("retention", retention,
                    "must be 0 or at least 2 x ingest.max-ahead (" + 2 * ahead + "), or a killed run loses what it needs");
        final String recipe = ingest.string("recipe.name");
        final long taken = ingest.number(samples, 0, Long.MAX_VALUE);
        final Identity identity = StreamIdentity.train(ingest, defaults, seed, recipe);
        return new StreamSettings(name(ingest, stream), ingest.name("source"), source(ingest, "source"), 0,
                taken, RecipeSettings.from(ingest, recipe, seed),
                ingest.number("epochs", 0, Long.MAX_VALUE >> 32), OptionalLong.of(Math.max(retention, 2 * ahead)),
                samples.equals("samples") ? identity : identity.with(ingest.name("samples"), String.valueOf(taken)));
    }

    private static StreamSettings kept(Section ingest, Section defaults, String role, String sourceKey, long seed) {
        final String recipe = ingest.optionalString("recipe.evaluation")
                .orElse(ingest.string("recipe.name").equals("none") ? "none" : "eval");
        return new StreamSettings(name(ingest, role + ".stream"), ingest.name(sourceKey), source(ingest, sourceKey),
                role.equals("val") ? ingest.number("val.from", 0, Long.MAX_VALUE / 2) : 0,
                ingest.number(role + ".samples", 0, Long.MAX_VALUE), RecipeSettings.from(ingest, recipe, seed), 1,
                OptionalLong.empty(), StreamIdentity.kept(ingest, defaults, seed, role, recipe));
    }

    private static String source(Section ingest, String key) {
        return ingest.optionalString(key)
                .orElseThrow(() -> ingest.error(key, "\"\"", "give SCHEME:LOCATION, such as folder:/data/train"));
    }

    private static String name(Section ingest, String key) {
        final String name = ingest.string(key);
        if (!name.matches("[A-Za-z0-9_-]{1,100}"))
            throw ingest.error(key, name, "must be 1 to 100 letters, digits, _ or -");
        return name;
    }
}
