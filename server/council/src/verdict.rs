//! The rule that makes a verdict of findings and failures; it fails closed and is monotone.

use model::{CouncilFinding, EvidenceLevel, ReviewerRun, ReviewerStatus, Risk, Stake, Verdict};

/// The verdict, with its reasons.
///
/// Critical and high block; medium asks for an acknowledgement where access widens or data can go;
/// low and info inform. A rejected finding counts for nothing; one that a single model holds
/// plausible does not block by itself, it asks. A reviewer without a usable answer makes the review
/// inconclusive. No finding and no failure ever makes a verdict milder.
#[must_use]
pub fn verdict(findings: &[CouncilFinding], runs: &[ReviewerRun]) -> (Verdict, Vec<String>) {
    let mut verdict = Verdict::Pass;
    let mut reasons = Vec::new();
    for run in runs {
        if let ReviewerStatus::Failed(why) = &run.status {
            verdict = verdict.max(Verdict::Inconclusive);
            reasons.push(format!("`{}` gave no answer: {why}", run.reviewer));
        }
    }
    if runs.is_empty() {
        verdict = Verdict::Inconclusive;
        reasons.push("nobody was asked".to_owned());
    }
    for finding in findings {
        let own = of_finding(finding);
        if own != Verdict::Pass {
            verdict = verdict.max(own);
            reasons.push(reason(finding));
        }
    }
    (verdict, reasons)
}

/// What one finding asks for by itself.
#[must_use]
pub fn of_finding(finding: &CouncilFinding) -> Verdict {
    let shown = finding.evidence > EvidenceLevel::Plausible;
    match (finding.evidence, finding.risk) {
        (EvidenceLevel::Rejected, _) => Verdict::Pass,
        (_, risk) if risk.blocks() && shown => Verdict::Block,
        (_, risk) if risk.blocks() => Verdict::NeedsAcknowledgement,
        (_, Risk::Medium) if finding.stake.is_some() => Verdict::NeedsAcknowledgement,
        _ => Verdict::Pass,
    }
}

fn reason(finding: &CouncilFinding) -> String {
    let stake = match (finding.risk, finding.stake) {
        (Risk::Medium, Some(Stake::Access)) => "; somebody can do more than before",
        (Risk::Medium, Some(Stake::Data)) => "; data can go",
        _ => "",
    };
    format!("{} ({}): {}{stake}", finding.rule, finding.risk.word(), finding.claim)
}
