package retort.evaluator;

import retort.record.CheckpointReady;
import retort.record.Evaluation;

/** Keys of the topics, as the contract has them. */
final class EvaluationKey {
    private EvaluationKey() {
    }

    static String of(Evaluation evaluation) {
        return of(evaluation.getRun(), evaluation.getStep(), evaluation.getSuite(), evaluation.getSettingsHash());
    }

    static String of(String run, long step, String suite, String settingsHash) {
        return run + "/" + step + "/" + suite + "/" + settingsHash;
    }

    static String of(CheckpointReady checkpoint) {
        return checkpoint.getRun() + "/" + checkpoint.getStep();
    }
}
