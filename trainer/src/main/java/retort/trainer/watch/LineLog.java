package retort.trainer.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import retort.file.WholeFile;
import retort.record.TrainingProgress;

/** Writes each report as one line of JSON. A value that is not finite is null. */
final class LineLog implements ReportWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private @Nullable FileChannel channel;

    /** @param file made with its folders if it does not exist */
    LineLog(Path file) {
        this.file = file;
    }

    @Override
    public void open(long step) {
        try {
            // A new file, because an older trainer of this run, which is not yet aware of this one, may still append to the old one.
            WholeFile.write(file, kept(step).getBytes(StandardCharsets.UTF_8));
            channel = FileChannel.open(file, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("log " + file + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** The whole lines of steps up to {@code step}, from the beginning of the file to the first line that is another one. */
    private String kept(long step) throws IOException {
        if (!Files.exists(file))
            return "";
        final String text = Files.readString(file, StandardCharsets.UTF_8);
        int end = 0;
        for (int next = text.indexOf('\n'); next >= 0 && isUpTo(text.substring(end, next), step); next = text.indexOf('\n', end))
            end = next + 1;
        return text.substring(0, end);
    }

    private static boolean isUpTo(String line, long step) {
        try {
            return JSON.readTree(line).path("step").asLong(Long.MAX_VALUE) <= step;
        } catch (JsonProcessingException _) {
            return false; // torn by a kill
        }
    }

    @Override
    public void write(TrainingProgress report) {
        if (channel == null)
            return;
        final ByteBuffer left = ByteBuffer.wrap((line(report) + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            AllOrNothing.append(channel, left);
        } catch (IOException e) {
            throw new UncheckedIOException("log " + file + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static String line(TrainingProgress report) {
        final ObjectNode line = JSON.createObjectNode().put("at", report.getAt().toString()).put("run", report.getRun())
                .put("stream", report.getStream()).put("step", report.getStep()).put("steps", report.getSteps())
                .put("epoch", finite(report.getEpoch())).put("nextSequence", report.getNextSequence());
        final ObjectNode losses = line.putObject("losses");
        report.getLosses().forEach((part, loss) -> losses.put(part, finite(loss)));
        return line.put("learningRate", report.getLearningRate()).put("gradientNorm", finite(report.getGradientNorm()))
                .put("imagesPerSecond", report.getImagesPerSecond()).put("waitingShare", report.getWaitingShare()).toString();
    }

    private static @Nullable Double finite(@Nullable Double value) {
        return value == null || !Double.isFinite(value) ? null : value;
    }

    @Override
    public void close() {
        final @Nullable FileChannel open = channel;
        channel = null;
        if (open == null)
            return;
        try {
            open.close();
        } catch (IOException e) {
            throw new UncheckedIOException("log " + file + " cannot be closed: " + e.getMessage(), e);
        }
    }
}
