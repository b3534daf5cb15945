package retort.trainer.learn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;

/**
 * Parameters that share a weight decay and a scale of the learning rate. One fused call of the optimiser updates them.
 *
 * @param lrScale factor of the schedule's learning rate
 */
public record ParameterGroup(List<Parameter> parameters, double lrScale, double weightDecay) {
    private static final Pattern BLOCK = Pattern.compile("blocks\\.(\\d+)\\..*");
    private static final Set<String> TOKENS = Set.of("cls_token", "dist_token", "mask_token", "pos_embed");

    private record Key(double lrScale, double weightDecay) {
    }

    public ParameterGroup {
        parameters = List.copyOf(parameters);
    }

    /**
     * The groups of a run, in the order of their first parameters.
     *
     * @param depth number of blocks of the encoder
     */
    public static List<ParameterGroup> of(List<Parameter> trained, OptimizerSettings settings, int depth) {
        final Map<Key, List<Parameter>> groups = new LinkedHashMap<>();
        for (final Parameter parameter : trained) {
            final Key key = new Key(lrScale(parameter.name(), settings.layerDecay(), depth),
                    decays(parameter, settings.decaysTokens()) ? settings.weightDecay() : 0);
            groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(parameter);
        }
        return groups.entrySet().stream()
                .map(group -> new ParameterGroup(group.getValue(), group.getKey().lrScale(), group.getKey().weightDecay()))
                .toList();
    }

    /**
     * The layer decay to the power of the number of layers that follow. The embedding is layer 0, block i is layer i + 1, and all
     * parameters after the blocks are the last layer.
     */
    public static double lrScale(String name, double layerDecay, int depth) {
        return Math.pow(layerDecay, depth + 1 - layer(name, depth));
    }

    static boolean decays(Parameter parameter, boolean decaysTokens) {
        if (TOKENS.contains(parameter.name().substring(parameter.name().lastIndexOf('.') + 1)))
            return decaysTokens;
        return parameter.shape().size() > 1 && !parameter.name().equals(Parameters.MIX) && !parameter.name().endsWith(".bias");
    }

    private static int layer(String name, int depth) {
        if (name.equals("cls_token") || name.equals("pos_embed") || name.startsWith("patch_embed."))
            return 0;
        final Matcher block = BLOCK.matcher(name);
        return block.matches() ? Integer.parseInt(block.group(1)) + 1 : depth + 1;
    }
}
