package retort.trainer.objective;

import static retort.trainer.objective.Agreement.require;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import retort.settings.Section;
import retort.trainer.model.Operations;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.VitShape;

/**
 * The way in which relations of the student are compared with those of the teacher.
 *
 * @param compared the relations that are compared at each pair of blocks
 * @param adapter true if a 1x1 convolution maps the student's heads to the teacher's; otherwise the student's width is split into as many
 *     heads as the teacher has, whatever its attention has
 */
public record Relations(List<Relation> compared, boolean adapter, RelationDistance distance) {
    private static final String COMPARED = "relations";
    private static final String ADAPTER = "head-adapter";
    private static final String DISTANCE = "relation-distance";
    /** Keys that {@link #of} reads. */
    static final Set<String> KEYS = Set.of(COMPARED, ADAPTER, DISTANCE);

    public Relations {
        compared = List.copyOf(compared);
    }

    static Relations of(Section run) {
        final List<String> names = run.strings(COMPARED);
        final List<Relation> found = names.stream().distinct().flatMap(name -> Arrays.stream(Relation.values())
                .filter(each -> each.toString().equals(name))).toList();
        if (found.isEmpty() || found.size() != names.size())
            throw run.error(COMPARED, names, "must be one or more of " + Arrays.toString(Relation.values()) + ", each once");
        return new Relations(found, run.bool(ADAPTER), run.oneOf(DISTANCE, RelationDistance.values()));
    }

    /** @throws IllegalArgumentException if the relations of these models cannot be compared so */
    void check(VitShape vit, VitShape teacher) {
        require(teacher.variant().classToken() && teacher.variant().extraTokens() == 0,
                "relations are compared token by token, and the teacher has other tokens than the model: take a teacher with a class"
                        + " token and without registers");
        require(!adapter || distance != RelationDistance.KL,
                "relation-distance = kl compares distributions, and what a head-adapter"
                        + " gives is none: set head-adapter = false, or relation-distance = scores-l2");
        require(adapter || vit.width() % teacher.heads() == 0, "head-adapter = false splits the model's width, " + vit.width()
                + ", into the teacher's " + teacher.heads() + " heads, which do not divide it: set head-adapter = true");
    }

    List<Parameter> adapters(int pairs, VitShape vit, VitShape teacher) {
        return adapter ? Parameters.relationAdapters(pairs * compared.size(), vit.heads(), teacher.heads()) : List.of();
    }

    /** Values of the program's attributes. */
    Map<String, Object> attributes() {
        return Map.of("relations", compared.stream().flatMap(each -> Stream.of(each.left(), each.right())).toList(),
                "head_adapter", adapter, "distance", distance.toString());
    }

    /** Operations of the adapters for a number of pairs. */
    long adapterOperations(long pairs, long tokens, VitShape vit, VitShape teacher) {
        return adapter ? pairs * compared.size() * Operations.product(tokens, tokens) * vit.heads() * teacher.heads() : 0;
    }

    /** Operations of the queries, keys and values that the relations of a last block need. */
    long inputOperations(long tokens, VitShape vit) {
        final Set<Integer> thirds = new HashSet<>();
        compared.forEach(each -> thirds.addAll(List.of(each.left(), each.right())));
        return thirds.size() * Operations.linear(tokens, vit.width(), vit.width());
    }

    /**
     * Operations of the relations themselves, without those that the blocks count as their attention.
     *
     * @param vit the model whose relations they are
     * @param whole true if the last block is computed to its end, and so attends
     */
    long productOperations(long pairs, long tokens, VitShape vit, VitShape teacher, boolean whole) {
        final boolean attends = compared.contains(Relation.QK) && (adapter || vit.heads() == teacher.heads());
        final long counted = attends ? pairs - (whole ? 0 : 1) : 0;
        return (pairs * compared.size() - counted) * Operations.product(tokens, tokens) * vit.width();
    }
}
