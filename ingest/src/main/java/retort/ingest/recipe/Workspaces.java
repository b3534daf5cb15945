package retort.ingest.recipe;

import java.util.concurrent.ConcurrentLinkedDeque;
import retort.ingest.decode.ByteBudget;
import retort.ingest.decode.DecodeSettings;
import retort.ingest.recipe.resample.Filter;

/**
 * The workspaces of one recipe: as many as threads were ever inside {@link Recipe#apply} at once. Not tied to threads, so that
 * closing the recipe frees them all. Any thread.
 */
final class Workspaces implements AutoCloseable {
    private final DecodeSettings decode;
    private final ByteBudget budget;
    private final Filter filter;
    private final ConcurrentLinkedDeque<Workspace> idle = new ConcurrentLinkedDeque<>();

    Workspaces(DecodeSettings decode, ByteBudget budget, Filter filter) {
        this.decode = decode;
        this.budget = budget;
        this.filter = filter;
    }

    Workspace borrow() {
        final Workspace last = idle.pollLast(); // the most recent one: its buffers are warm
        return last == null ? new Workspace(decode, budget, filter) : last;
    }

    void giveBack(Workspace workspace) {
        idle.addLast(workspace);
    }

    @Override
    public void close() {
        for (Workspace workspace = idle.poll(); workspace != null; workspace = idle.poll())
            workspace.close();
    }
}
