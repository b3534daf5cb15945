package retort.trainer.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The outcome of an audit.
 *
 * @param run the run
 * @param stream the stream that it reads
 * @param steps number of steps in the ledger
 * @param compared number of these whose samples were compared with the stream
 * @param images number of images of the steps in the ledger
 * @param epochs number of whole epochs in which every sample was found trained once, or rejected
 * @param findings exceptions and faults, in the order in which they were found
 */
public record AuditReport(String run, String stream, long steps, long compared, long images, long epochs,
        List<Finding> findings) {
    public AuditReport {
        findings = List.copyOf(findings);
    }

    /** The report for people: one line for each finding, then one line for the outcome. */
    public List<String> lines() {
        final List<String> lines = new ArrayList<>();
        findings.forEach(
                finding -> lines.add(finding.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + finding.text()));
        lines.add("run " + run + " is " + (isClean() ? "proven" : "not proven") + ": " + steps + " steps of " + images
                + " images in its ledger, " + compared + " compared with stream " + stream + ", " + epochs + " whole epochs");
        return lines;
    }

    /** True if everything is proven or explained. */
    public boolean isClean() {
        return findings.stream().noneMatch(finding -> finding.kind() == Finding.Kind.FAULT);
    }
}
