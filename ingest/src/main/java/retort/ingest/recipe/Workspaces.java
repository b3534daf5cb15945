package retort.ingest.recipe;

import java.util.concurrent.ConcurrentLinkedDeque;
import retort.ingest.budget.ByteBudget;

/**
 * The workspaces of one recipe. Their number is the largest number of threads that were inside {@link Recipe#apply} at once. They are not
 * tied to threads, so that closing the recipe frees them all. Any thread.
 */
final class Workspaces implements AutoCloseable {
    private final RecipeSettings settings;
    private final ByteBudget budget;
    private final ConcurrentLinkedDeque<Workspace> idle = new ConcurrentLinkedDeque<>();

    Workspaces(RecipeSettings settings, ByteBudget budget) {
        this.settings = settings;
        this.budget = budget;
        idle.add(new Workspace(settings, budget)); // a missing decoder stops the start and not the first image
    }

    Workspace borrow() {
        final Workspace last = idle.pollLast(); // the most recent one: its buffers are warm
        return last == null ? new Workspace(settings, budget) : last;
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
