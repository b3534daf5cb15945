package retort.trainer.learn;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Pooling;
import retort.trainer.model.Projection;
import retort.trainer.model.VitShape;
import retort.trainer.objective.AlignedPair;
import retort.trainer.objective.Augmentation;
import retort.trainer.objective.Comparison;
import retort.trainer.objective.Decode;
import retort.trainer.objective.Distance;
import retort.trainer.objective.Distill;
import retort.trainer.objective.DropPath;
import retort.trainer.objective.Finetune;
import retort.trainer.objective.Generator;
import retort.trainer.objective.Reconstruction;
import retort.trainer.objective.Relate;
import retort.trainer.objective.Relation;
import retort.trainer.objective.RelationDistance;
import retort.trainer.objective.Relations;

/** The methods of compose/docs/methods.md for models of three and four blocks. */
final class Methods {
    static final VitShape VIT = new VitShape(16, 4, 3, 24, 3, 3);
    static final VitShape TEACHER = new VitShape(16, 4, 3, 32, 4, 4);
    private static final Reconstruction PIXELS = new Reconstruction(new DecoderShape(16, 1, 2), true);
    static final Objective TARGETS = new Distill(Optional.empty(), 4, 4, TEACHER, List.of(new AlignedPair(1, 2)),
            Projection.FC, new Comparison(Distance.SMOOTH_L1, 2, Comparison.Channels.SUM, false, true), 0, 1);
    static final Objective MAE_LITE = new Relate(Optional.of(PIXELS), 4, TEACHER, List.of(new AlignedPair(2, 3)),
            new Relations(List.of(Relation.QK), true, RelationDistance.SCORES_L2), 1, 1, DropPath.NONE);
    static final Objective TINY_MIM = new Relate(Optional.empty(), 16, TEACHER, List.of(new AlignedPair(2, 2)),
            new Relations(List.of(Relation.QK, Relation.VV), false, RelationDistance.KL), 0, 1, new DropPath(0.2, true));
    static final Objective G2SD = new Decode(4, new DecoderShape(16, 2, 2), TEACHER, new DecoderShape(24, 2, 3), 0,
            Projection.MLP, new Comparison(Distance.SMOOTH_L1, 2, Comparison.Channels.MEAN, false, true));
    static final Objective AMD = new Distill(Optional.of(PIXELS), 4, 9, TEACHER,
            List.of(new AlignedPair(0, 1), new AlignedPair(2, 2)), Projection.LINEAR,
            new Comparison(Distance.L2, 1, Comparison.Channels.MEAN, false, true), 1, 0.5, Optional.of(new Generator(2, 0.5)));
    static final Objective TOKEN = new Finetune(2, Pooling.CLASS, 0.1, 0.1, Augmentation.NONE,
            Optional.of(new Finetune.LogitTeacher(TEACHER, Pooling.MEAN, 1, 0.5)), true);

    private Methods() {
    }

    static Stream<Objective> all() {
        return Stream.of(TARGETS, MAE_LITE, TINY_MIM, G2SD, AMD, TOKEN, AlignTest.MASK_ALIGN, AlignTest.INNER,
                AlignTest.MOMA);
    }
}
