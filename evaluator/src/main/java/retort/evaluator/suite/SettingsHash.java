package retort.evaluator.suite;

import retort.digest.Sha256;

/** Names what decides a result beside the checkpoint: equal hashes mean comparable figures. */
final class SettingsHash {
    private static final int HEX_DIGITS = 16;

    private SettingsHash() {
    }

    static String of(String everythingThatDecides) {
        return Sha256.of(everythingThatDecides).substring(0, HEX_DIGITS);
    }
}
