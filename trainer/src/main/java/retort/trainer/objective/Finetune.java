package retort.trainer.objective;

import static retort.trainer.objective.Agreement.require;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import retort.record.Architecture;
import retort.record.Stream;
import retort.settings.Section;
import retort.trainer.learn.Objective;
import retort.trainer.learn.StepCall;
import retort.trainer.model.Operations;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.Pooling;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/**
 * Classification from labels. A run usually starts from the weights of a pre-trained or distilled model.
 *
 * @param classes number of classes, at least 2
 * @param smoothing share of a label that is spread over all classes, 0 up to 1
 * @param dropPath rate at which an image skips the branches of the last block, 0 up to 1
 * @param teacher a classifier of the same images whose outputs are learned too; empty for none
 * @param distillationToken true if a token and a head of their own learn the teacher's first choice (DeiT, arXiv 2012.12877, and the second
 *     stage of G2SD, arXiv 2302.14771); the answer is the mean of both heads' outputs
 */
public record Finetune(int classes, Pooling pooling, double smoothing, double dropPath, Augmentation augmentation,
        Optional<LogitTeacher> teacher, boolean distillationToken) implements Objective {
    private static final String NAME = "finetune";
    private static final String TOKEN = "distillation-token";

    /**
     * A classifier whose softened outputs are learned.
     *
     * @param temperature divisor of the logits of both sides; above 0
     * @param weight weight of this loss, 0 to 1; the loss of the labels has the rest up to 1. This loss is multiplied by the square of the
     *     temperature
     */
    public record LogitTeacher(VitShape shape, Pooling pooling, double temperature, double weight) {
    }

    /** Registered under META-INF/services. */
    public static final class Factory implements ObjectiveFactory {
        private static final Set<String> OWN = Set.of(Start.KEY, "init-allow", "pooling", "classes", "smoothing", DropPath.RATE,
                "temperature", "logits-weight", TOKEN);

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<String> keys() {
            return RunKeys.union(OWN, Augmentation.KEYS, TeacherSource.KEYS);
        }

        @Override
        public Map<String, String> laterKeys() {
            return Map.of(TOKEN, "false");
        }

        @Override
        public ObjectiveSettings settings(Section run) {
            return new Settings(init(run), run.strings("init-allow"), run.oneOf("pooling", Pooling.values()),
                    run.integer("classes", 0, 1 << 20), run.real("smoothing", 0, 0.999), run.real(DropPath.RATE, 0, 0.999),
                    Augmentation.of(run), TeacherSource.ifNamed(run), run.real("temperature", 0.001, 1000),
                    run.real("logits-weight", 0, 1), run.bool(TOKEN));
        }

        private static Optional<WeightsSource> init(Section run) {
            final String text = run.string(Start.KEY);
            if (text.isEmpty())
                throw run.error(Start.KEY, "\"\"",
                        "must be run:NAME, file:PATH, s3://BUCKET/KEY, https://HOST/PATH or scratch: what the classifier starts from");
            return text.equals("scratch") ? Optional.empty() : Optional.of(WeightsSource.of(run, Start.KEY));
        }
    }

    /**
     * The settings of the objective.
     *
     * @param init source of the first weights; empty to draw all from the seed
     * @param initAllow names of tensors that need not fit
     * @param classes number of classes; 0 for as many as the stream names
     * @param temperature divisor of the logits; no effect without a teacher
     * @param logitsWeight weight of the teacher's loss; no effect without a teacher
     */
    public record Settings(Optional<WeightsSource> init, List<String> initAllow, Pooling pooling, int classes, double smoothing,
            double dropPath, Augmentation augmentation, Optional<TeacherSource> teacher, double temperature,
            double logitsWeight, boolean distillationToken) implements ObjectiveSettings {
        /** The parameters that a model lacks before it is fine-tuned. */
        private static final List<String> DRAWN = List.of("head.*", "fc_norm.*", Parameters.DISTILLATION_TOKEN, "head_dist.*");

        public Settings {
            initAllow = List.copyOf(initAllow);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Optional<Start> start() {
            return init.map(from -> new Start(from, DRAWN, leftOver(pooling), initAllow));
        }

        @Override
        public Finetune with(VitShape vit, Stream stream, Optional<Teacher> found) {
            final int known = classes(stream);
            found.filter(with -> with.classes() != known).ifPresent(with -> {
                throw new IllegalArgumentException("a classifier of " + known + " classes cannot learn the answers of "
                        + with.name() + ", " + (with.classes() == 0 ? "which is no classifier" : "which has " + with.classes())
                        + ": its teacher must be fine-tuned on the same classes");
            });
            found.filter(with -> with.pooling() == Pooling.CLASS && !with.shape().variant().classToken()).ifPresent(with -> {
                throw new IllegalArgumentException(
                        with.name() + " has a head, and neither a class token nor an fc_norm: its head follows"
                                + " the mean of normalised tokens, which is not computed here; take another teacher");
            });
            return new Finetune(known, pooling, smoothing, dropPath, augmentation,
                    found.map(with -> new LogitTeacher(with.shape(), with.pooling(), temperature, logitsWeight)),
                    distillationToken);
        }

        private int classes(Stream stream) {
            final int named = stream.getClassNames().size();
            if (named == 0)
                throw new IllegalArgumentException("the images of stream " + stream.getName()
                        + " have no labels to be fine-tuned on; ingest a source that has some");
            if (classes > 0 && classes < named)
                throw new IllegalArgumentException("classes = " + classes + ", but stream " + stream.getName() + " names "
                        + named + ": set as many or more, or 0 to go by the stream");
            return classes > 0 ? classes : named;
        }
    }

    /** A classifier without a distillation token. */
    public Finetune(int classes, Pooling pooling, double smoothing, double dropPath, Augmentation augmentation,
            Optional<LogitTeacher> teacher) {
        this(classes, pooling, smoothing, dropPath, augmentation, teacher, false);
    }

    @Override
    public void check(VitShape vit) {
        require(!distillationToken || teacher.isPresent(), TOKEN + " = true learns from a classifier: set teacher");
        require(!distillationToken || pooling == Pooling.CLASS,
                TOKEN + " = true stands beside a class token: set pooling = token");
        require(classes > 1, "classes = " + classes + ": a classifier has two or more");
        require(smoothing >= 0 && smoothing < 1, "smoothing = " + smoothing + ": must be 0 up to 1");
        new DropPath(dropPath, false).check();
        teacher.ifPresent(with -> {
            require(with.temperature() > 0, "temperature = " + with.temperature() + ": must be above 0");
            require(with.weight() >= 0 && with.weight() <= 1, "logits-weight = " + with.weight() + ": must be 0 to 1");
            require(with.shape().image() == vit.image() && with.shape().channels() == vit.channels(),
                    "teacher and model must look at the same images: " + with.shape().image() + " px with "
                            + with.shape().channels() + " channels, and " + vit.image() + " px with " + vit.channels());
        });
    }

    @Override
    public List<Parameter> parameters(VitShape vit) {
        final List<Parameter> all = classifier(vit, pooling);
        if (distillationToken)
            all.addAll(Parameters.distillationToken(vit, classes));
        return all;
    }

    /** All parameters. In contrast to other objectives, the position table is trained. */
    @Override
    public List<Parameter> trained(VitShape vit) {
        return parameters(vit);
    }

    @Override
    public List<Parameter> teacherParameters() {
        return teacher.map(with -> classifier(with.shape(), with.pooling())).orElse(List.of());
    }

    @Override
    public List<String> teacherLeftOver() {
        return teacher.map(with -> leftOver(with.pooling())).orElse(List.of());
    }

    private List<Parameter> classifier(VitShape vit, Pooling by) {
        final List<Parameter> all = new ArrayList<>(Parameters.trunk(vit, vit.depth()));
        all.addAll(Parameters.classifier(vit, by, classes));
        return all;
    }

    /** The tensors of a pre-trained or distilled model that a classifier with this pooling has no place for. */
    private static List<String> leftOver(Pooling pooling) {
        final List<String> names = new ArrayList<>(List.of("mask_token", "decoder_*", unusedNorm(pooling)));
        names.addAll(Parameters.OF_COMPARISONS);
        return names;
    }

    /** The norm that a classifier with this pooling does not compute. */
    private static String unusedNorm(Pooling pooling) {
        return pooling == Pooling.MEAN ? "norm.*" : "fc_norm.*";
    }

    @Override
    public List<String> lossParts() {
        return List.of("total", "classification", teacher.isPresent() ? "distillation" : "");
    }

    @Override
    public Map<String, Object> attributes(VitShape vit) {
        final Map<String, Object> all = new TreeMap<>(
                Map.of("classes", classes, "smoothing", smoothing, "pooling", pooling.toString()));
        teacher.ifPresent(with -> all.putAll(Map.of("teacher_heads", with.shape().heads(), "teacher_epsilon",
                with.shape().variant().epsilon(), "teacher_depth", with.shape().depth(),
                "teacher_pooling", with.pooling().toString(), "temperature", with.temperature(), "first_weight",
                1 - with.weight(), "distillation_weight", with.weight())));
        return all;
    }

    @Override
    public Map<String, HostTensor> constants(VitShape vit, long seed) {
        return augmentation.erase() > 0 ? Map.of("noise", RandomErasing.noise(vit, seed)) : Map.of();
    }

    @Override
    public StepCall draw(VitShape vit, long seed, long step, long[] sampleIds, int[] labels) {
        return ClassificationDraws.of(this, vit, seed, step, sampleIds, labels).call();
    }

    @Override
    public OptionalLong operations(VitShape vit) {
        final int more = distillationToken ? 1 : 0;
        return OptionalLong.of(Operations.trained(vit, vit.patches(), Operations.blocks(vit, vit.depth(), vit.patches() + more)
                + Operations.linear(1 + more, vit.width(), classes))
                + teacher.map(with -> Operations.embedding(with.shape(), vit.patches())
                        + Operations.blocks(with.shape(), with.shape().depth(), vit.patches())
                        + Operations.linear(1, with.shape().width(), classes)).orElse(0L));
    }

    @Override
    public void describe(Architecture.Builder architecture) {
        architecture.setClasses(classes);
        architecture.setPooling(pooling.toString());
    }
}
