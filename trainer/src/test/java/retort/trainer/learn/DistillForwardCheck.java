package retort.trainer.learn;

import retort.trainer.objective.Distance;
import retort.trainer.objective.Reconstruction;
import retort.trainer.objective.Distill;
import retort.trainer.objective.Pretrain;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import retort.trainer.engine.Engine;
import retort.trainer.engine.Program;
import retort.trainer.golden.GoldenSet;
import retort.trainer.model.Script;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/** Checks one forward pass of student and teacher: every intermediate tensor, and the four ways to sum its loss. */
final class DistillForwardCheck {
    private final Engine engine;
    private final Script script;
    private final GoldenSet set;
    private final JsonNode json;
    private final Map<String, HostTensor> expected;
    private final Deviation deviation = new Deviation();
    private final VitShape student;
    private final long[] orders;
    private final int visible;

    private DistillForwardCheck(Engine engine, Script script, GoldenSet set) {
        this.engine = engine;
        this.script = script;
        this.set = set;
        this.json = set.json();
        this.expected = GoldenModels.tensors(set);
        this.student = GoldenModels.vit(json.required("student").required("arch"));
        this.orders = GoldenModels.orders(expected.get("noise"));
        this.visible = Masking.visible(student.patches(), json.required("mask_ratio").asDouble());
    }

    /** Only the engine's thread may call it. */
    static Deviation check(Engine engine, Script script, GoldenSet set) {
        return new DistillForwardCheck(engine, script, set).check();
    }

    private Deviation check() {
        masks();
        loss("L1", Distance.L1, false);
        loss("L2", Distance.L2, false);
        loss("L1_norm_pix", Distance.L1, true);
        loss("L2_norm_pix", Distance.L2, true);
        if (expected.containsKey("teacher_latent"))
            teacherLatent();
        targets();
        return deviation;
    }

    private void masks() {
        deviation.value("len_keep", visible, json.required("len_keep").asInt(), 0, 0);
        final int l = student.patches();
        final long[] keep = new long[orders.length / l * visible];
        final long[] restore = new long[orders.length];
        final float[] mask = new float[orders.length];
        for (int i = 0; i < orders.length; i++) {
            final int patch = i / l * l + (int) orders[i];
            restore[patch] = i % l;
            mask[patch] = i % l < visible ? 0 : 1;
            if (i % l < visible)
                keep[i / l * visible + i % l] = orders[i];
        }
        deviation.exactly("ids_keep", keep, longs(expected.get("ids_keep")));
        deviation.exactly("ids_restore", restore, longs(expected.get("ids_restore")));
        deviation.values("mask", mask, expected.get("mask"), 0, 0);
    }

    private void loss(String total, Distance distance, boolean normPix) {
        final Distill objective = GoldenModels.distill(json, distance, normPix);
        try (NDManager manager = engine.manager().newSubManager()) {
            final Map<String, NDArray> traced = trace(manager, student, objective, GoldenModels.student(set),
                    GoldenModels.teacher(set));
            final JsonNode wanted = json.required("expected_f64");
            final float[] losses = traced.get("losses").toFloatArray();
            scalar("total_loss." + total, losses[0], wanted.required("total_loss").required(total));
            scalar("recon_loss", losses[1], wanted.required(normPix ? "recon_loss_norm_pix" : "recon_loss"));
            final JsonNode distillation = wanted.required("distill_loss")
                    .required(distance.toString().toUpperCase(java.util.Locale.ROOT));
            scalar("distill_loss", losses[2], distillation.required("sum"));
            for (int i = 0; i < objective.pairs().size(); i++)
                scalar("distill_loss." + i, traced.get("distill_loss." + i).getFloat(), distillation.required("per_pair").get(i));
            traced.forEach((name, value) -> {
                if (expected.containsKey(name) && !name.equals("target"))
                    tensor(name, value.toFloatArray());
            });
        }
    }

    /** Checks the teacher's last norm. Distillation does not use it, so a masked autoencoder of the teacher's shape computes it. */
    private void teacherLatent() {
        final JsonNode arch = json.required("teacher").required("arch");
        final var objective = new Pretrain(new Reconstruction(GoldenModels.decoder(arch), false), visible);
        try (NDManager manager = engine.manager().newSubManager()) {
            final var traced = trace(manager, GoldenModels.vit(arch), objective, GoldenModels.teacher(set), Map.of());
            tensor("teacher_latent", traced.get("student_latent").toFloatArray());
        }
    }

    /** Checks the targets. If no patch is visible, the targets are all patches. */
    private void targets() {
        for (final boolean normPix : List.of(false, true)) {
            if (!expected.containsKey(normPix ? "target_norm_pix" : "target"))
                continue;
            final var decoder = GoldenModels.decoder(json.required("student").required("arch"));
            final var objective = new Pretrain(new Reconstruction(decoder, normPix), 0);
            try (NDManager manager = engine.manager().newSubManager()) {
                final var traced = trace(manager, student, objective, GoldenModels.student(set), Map.of());
                tensor(normPix ? "target_norm_pix" : "target", inPlace(traced.get("target").toFloatArray()));
            }
        }
    }

    /** The tensors that the program computes from the set's images, and its decoder's output for every patch, visible ones included. */
    private Map<String, NDArray> trace(NDManager manager, VitShape shape, Objective objective, Map<String, HostTensor> weights,
            Map<String, HostTensor> teacher) {
        final LearnerSpec spec = new LearnerSpec(shape, objective,
                OptimizerSettings.pretraining(new LrSchedule(0, 0, 0, 1)), Precision.FLOAT32, GoldenModels.AS_THEY_ARE, 0);
        final NDArray images = GoldenModels.images(manager, expected.get("images").asFloat32().floats(), shape.image());
        final NDArray order = manager.create(orders, new Shape(orders.length / shape.patches(), shape.patches()));
        try (Program program = script.compile(manager, spec.attributes());
                WeightSet student = WeightSet.of(manager, objective.parameters(shape), weights, "the student's weights",
                        List.of("*"));
                WeightSet frozen = WeightSet.of(manager, objective.teacherParameters(), teacher, "the teacher's weights",
                        List.of("*"));
                WeightSet stream = WeightSet.of(manager, Map.of("scale", spec.pixels().scale(), "shift", spec.pixels().shift()));
                IValue traced = Program.value(Map.of("images", images))) {
            final IValue losses = program.infer("losses", images, order, student.dictionary(), frozen.dictionary(),
                    stream.dictionary(), traced);
            final Map<String, NDArray> all = Program.tensors(manager, traced);
            all.remove("images");
            all.put("losses", Program.tensor(manager, losses));
            final NDArray whole = Program.tensor(manager, program.infer("decode", all.get("student_latent"), order, 1,
                    student.dictionary()));
            all.put("pred", manager.create(inPlace(whole.toFloatArray()), whole.getShape()));
            return all;
        }
    }

    /** Reorders (N, L, P) values from masking order to the order of the patches in the picture. */
    private float[] inPlace(float[] values) {
        final int size = values.length / orders.length;
        final float[] placed = new float[values.length];
        for (int i = 0; i < orders.length; i++)
            System.arraycopy(values, i * size, placed, (i / student.patches() * student.patches() + (int) orders[i]) * size,
                    size);
        return placed;
    }

    private void tensor(String name, float[] got) {
        final JsonNode tolerance = json.required("tolerance").required("per_tensor").required(name);
        deviation.values(name, got, expected.get(name), tolerance.path("abs").asDouble(), tolerance.path("rel").asDouble());
    }

    private void scalar(String name, double got, JsonNode wanted) {
        final JsonNode tolerance = json.required("tolerance").required("scalar_losses");
        deviation.value(name, got, wanted.asDouble(), tolerance.path("abs").asDouble(), tolerance.path("rel").asDouble());
    }

    private static long[] longs(HostTensor tensor) {
        final long[] values = new long[Math.toIntExact(tensor.elements())];
        switch (tensor.dtype()) {
            case I64 -> tensor.view().asLongBuffer().get(values);
            case I32 -> java.util.Arrays.setAll(values, i -> tensor.view().getInt(4 * i));
            default -> throw new AssertionError("indices of type " + tensor.dtype());
        }
        return values;
    }
}
