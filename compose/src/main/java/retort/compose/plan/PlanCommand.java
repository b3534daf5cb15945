package retort.compose.plan;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import retort.compose.settings.SettingsOptions;
import retort.record.Stream;
import retort.settings.SettingException;
import retort.trainer.TrainerService;
import retort.trainer.engine.Engine;
import retort.trainer.learn.Precision;
import retort.trainer.learn.StepMemory;
import retort.trainer.plan.MeasuredRate;
import retort.trainer.plan.RunCost;
import retort.trainer.settings.TrainerSettings;

@Command(name = "plan", mixinStandardHelpOptions = true, description = "Prints what the runs of trainer.runs will cost: steps, images, operations, memory, bytes from the broker, hours on this device. Needs no broker.", footerHeading = "%nExamples:%n", footer = {
        "  retort plan --preset dmae-vitb-imagenet --images 1281167",
        "  retort plan --preset dmae-vits --set ingest.source=folder:/data/train --json",
        "%nPresets, for --preset of every command: dmae-vitb-imagenet, dmae-vitb-imagenet-95, dmae-vitb-imagenet-98, dmae-vits, dmae-vitti, mae-lite-vitti, tinymim-vitb, g2sd-vits, g2sd-finetune-vits, amd-vitb, maskalign-vitb, moma-vits, mae-vitl, mae-vitb, mae-vits, mae-vitti, finetune-vitb, finetune-vits, finetune-vitti"})
public final class PlanCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Option(names = "--images", paramLabel = "N", description = "Images of an epoch (default: those of ingest.source).")
    private @Nullable Long images;

    @Option(names = "--no-measure", description = "Leave out the hours, so that no step is taken.")
    private boolean unmeasured;

    @Option(names = "--json", description = "Print one JSON object a run.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        final Config config = settings.load();
        final TrainerSettings trainer = TrainerSettings.from(config);
        if (images != null && images <= 0)
            throw new SettingException("--images " + images + " must be above 0: the images of an epoch");
        final Stream stream = PlannedStream.of(config, Optional.ofNullable(images));
        if (unmeasured) {
            RunCost.of(trainer, stream, Precision.FLOAT32).forEach(cost -> print(cost, stream, Optional.empty(), "", trainer));
            return 0;
        }
        try (Engine engine = TrainerService.engine(config)) {
            for (final RunCost cost : RunCost.of(trainer, stream, Precision.fastOn(engine.device()))) {
                final int part = cost.run().batch() / parts(cost, engine);
                print(cost, stream, Optional.of(MeasuredRate.of(engine, cost.spec(), part)), engine.device().toString(), trainer);
            }
        }
        return 0;
    }

    private static int parts(RunCost cost, Engine engine) {
        return cost.run().leavesMicroBatches()
                ? StepMemory.of(cost.spec()).withFrozen(cost.memory().teacher())
                        .automaticParts(cost.run().batch(), engine.memoryBytes())
                : cost.run().optimizer().microBatches();
    }

    private void print(RunCost cost, Stream stream, Optional<MeasuredRate> rate, String device, TrainerSettings trainer) {
        if (json)
            System.out.println(json(cost, rate, device, trainer));
        else
            System.out.print(new PlanText(cost, stream, trainer.bufferBytes()).of(rate, device));
    }

    private static String json(RunCost cost, Optional<MeasuredRate> rate, String device, TrainerSettings trainer) {
        final ObjectNode line = JSON.createObjectNode().put("run", cost.run().name())
                .put("objective", cost.run().objective().name()).put("steps", cost.run().steps()).put("batch", cost.run().batch())
                .put("images", cost.images());
        cost.operations().ifPresent(operations -> line.put("operationsPerImage", operations)
                .put("operations", (double) operations * cost.images()));
        line.put("brokerBytes", cost.pixelBytes()).putObject("memoryBytes").put("state", cost.memory().state())
                .put("copy", cost.memory().copy()).put("teacher", cost.memory().teacher()).put("pixels", cost.memory().pixels())
                .put("records", trainer.bufferBytes());
        rate.ifPresent(measured -> line.put("device", device).put("imagesPerSecond", measured.imagesPerSecond())
                .put("measuredImages", measured.images())
                .put("seconds", cost.images() / measured.imagesPerSecond()));
        return line.toString();
    }
}
