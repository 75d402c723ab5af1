//! The rule that makes a verdict of findings and failures; it fails closed and is monotone.

use crate::models::Heard;
use catalog::Suppression;
use model::{
    CouncilFinding, EvidenceLevel, Review, ReviewerRun, ReviewerStatus, Risk, Stake, Timestamp,
    Verdict,
};

/// Adds what the models said to what the deterministic reviewers said. Nothing is taken away: the
/// verdict can only become graver.
pub fn join(review: &mut Review, heard: Heard, panel_version: &str) {
    review.findings.extend(heard.findings);
    review.findings.sort_by(|a, b| order(a).cmp(&order(b)));
    review.runs.extend(heard.runs);
    review.policy_version = format!("{}, {panel_version}", review.policy_version);
    (review.verdict, review.reasons) = verdict(&review.findings, &review.runs);
}

/// Worst first, then by place; the same whoever was heard first.
fn order(it: &CouncilFinding) -> impl Ord + use<'_> {
    let place = it.place.as_ref().map(|it| (&it.part, it.span));
    let said = (&it.rule, &it.object, &it.claim, &it.reviewer, it.evidence, it.stake);
    (std::cmp::Reverse(it.risk), place, said, &it.fingerprint)
}

/// Judges a review again with the findings that a person has suppressed.
///
/// A suppressed finding counts for nothing while the suppression holds; a critical one still has to
/// be acknowledged each time.
pub fn suppress(review: &mut Review, suppressions: &[Suppression], now: Timestamp) {
    let (counted, _): (Vec<_>, Vec<_>) = review
        .findings
        .iter()
        .cloned()
        .map(|it| weigh(it, suppressions, now))
        .partition(|it| it.evidence != EvidenceLevel::Rejected);
    (review.verdict, review.reasons) = verdict(&counted, &review.runs);
}

/// Whether a finding does not count for now.
#[must_use]
pub fn is_suppressed(finding: &CouncilFinding, all: &[Suppression], now: Timestamp) -> bool {
    all.iter().any(|it| it.fingerprint == finding.fingerprint && it.holds(finding.risk, now))
}

/// What one finding asks for, with what persons have suppressed.
#[must_use]
pub fn asks(finding: &CouncilFinding, all: &[Suppression], now: Timestamp) -> Verdict {
    of_finding(&weigh(finding.clone(), all, now))
}

/// The finding as it counts for the verdict.
fn weigh(finding: CouncilFinding, all: &[Suppression], now: Timestamp) -> CouncilFinding {
    if !is_suppressed(&finding, all, now) {
        return finding;
    }
    let evidence = match finding.risk {
        Risk::Critical => finding.evidence.min(EvidenceLevel::Plausible),
        _ => EvidenceLevel::Rejected,
    };
    CouncilFinding { evidence, ..finding }
}

/// The verdict, with its reasons.
///
/// Critical and high block; medium asks for an acknowledgement where access widens, data can go, or
/// what runs now can fail or wait; low and info inform. A rejected finding counts for nothing; one that a single model holds
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
        (Risk::Medium, Some(Stake::Service)) => "; what runs now can fail or wait",
        _ => "",
    };
    format!("{} ({}): {}{stake}", finding.rule, finding.risk.word(), finding.claim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Class;
    use proptest::prelude::*;

    fn finding(
        (risk, evidence, stake): (Risk, EvidenceLevel, Option<Stake>),
        fingerprint: u8,
    ) -> CouncilFinding {
        CouncilFinding {
            reviewer: "a".to_owned(),
            rule: "some-rule".to_owned(),
            class: Class::Security,
            risk,
            stake,
            object: "t".to_owned(),
            evidence,
            quote: String::new(),
            place: None,
            claim: format!("claim {fingerprint}"),
            trigger: String::new(),
            fix: None,
            fingerprint: fingerprint.to_string(),
        }
    }

    fn findings() -> impl Strategy<Value = Vec<CouncilFinding>> {
        use EvidenceLevel::{Corroborated, Plausible, Proved, Rejected, Verified};
        let one = (
            prop::sample::select(Risk::ALL.to_vec()),
            prop::sample::select(vec![Rejected, Plausible, Corroborated, Verified, Proved]),
            prop::sample::select(vec![
                None,
                Some(Stake::Access),
                Some(Stake::Data),
                Some(Stake::Service),
            ]),
            0..6_u8,
        );
        let one = one.prop_map(|(risk, evidence, stake, fingerprint)| {
            finding((risk, evidence, stake), fingerprint)
        });
        prop::collection::vec(one, 0..8)
    }

    fn runs() -> impl Strategy<Value = Vec<ReviewerRun>> {
        let status = prop::sample::select(vec![
            ReviewerStatus::Done,
            ReviewerStatus::NotRun("nothing to do".to_owned()),
            ReviewerStatus::Failed("time-out".to_owned()),
        ]);
        let run = status.prop_map(|status| ReviewerRun { reviewer: "a".to_owned(), status, ms: 0 });
        prop::collection::vec(run, 0..5)
    }

    fn review(findings: Vec<CouncilFinding>, runs: Vec<ReviewerRun>) -> Review {
        let (verdict, reasons) = verdict(&findings, &runs);
        Review {
            subject_hash: "s".to_owned(),
            base_hash: "b".to_owned(),
            policy_version: "1".to_owned(),
            verdict,
            reasons,
            findings,
            runs,
            reachability: Vec::new(),
        }
    }

    proptest! {
        #[test]
        fn one_more_finding_or_failure_never_makes_a_verdict_milder(
            old in findings(), more in findings(), runs in runs(), more_runs in runs(),
        ) {
            let before = verdict(&old, &runs).0;
            let all: Vec<_> = old.iter().chain(&more).cloned().collect();
            prop_assert!(verdict(&all, &runs).0 >= before);
            // Nobody at all is inconclusive; somebody may be heard after that.
            prop_assume!(!runs.is_empty());
            let all_runs: Vec<_> = runs.iter().chain(&more_runs).cloned().collect();
            prop_assert!(verdict(&all, &all_runs).0 >= before);
        }

        #[test]
        fn what_models_add_is_only_ever_added(
            old in findings(), more in findings(), runs in runs(), more_runs in runs(),
        ) {
            prop_assume!(!runs.is_empty());
            let mut joined = review(old.clone(), runs);
            let before = joined.verdict;
            let heard = Heard { findings: more, runs: more_runs, ..Heard::default() };
            join(&mut joined, heard, "models");
            prop_assert!(joined.verdict >= before);
            prop_assert!(old.iter().all(|it| joined.findings.contains(it)));
        }

        #[test]
        fn the_order_of_findings_and_reviewers_makes_no_difference(
            findings in findings(), runs in runs(), turn in 0..8_usize,
        ) {
            let (mut turned, mut turned_runs) = (findings.clone(), runs.clone());
            turned.rotate_left(turn.min(findings.len()));
            turned_runs.reverse();
            prop_assert_eq!(verdict(&turned, &turned_runs).0, verdict(&findings, &runs).0);
            let heard = |findings: &[CouncilFinding]| {
                let mut joined = review(Vec::new(), runs.clone());
                let findings = findings.to_vec();
                join(&mut joined, Heard { findings, ..Heard::default() }, "models");
                joined.findings
            };
            prop_assert_eq!(heard(&turned), heard(&findings));
        }

        #[test]
        fn fewer_reviewers_that_failed_are_still_no_pass(runs in runs()) {
            let failed = runs.iter().filter(|it| matches!(it.status, ReviewerStatus::Failed(_)));
            let failed: Vec<_> = failed.cloned().collect();
            prop_assert_eq!(verdict(&[], &failed).0, Verdict::Inconclusive);
        }

        #[test]
        fn a_suppression_takes_only_its_own_finding_and_never_lets_critical_ones_by(
            findings in findings(), which in 0..6_u8,
        ) {
            let done = ReviewerRun { reviewer: "a".to_owned(), status: ReviewerStatus::Done, ms: 0 };
            let mut judged = review(findings.clone(), vec![done.clone()]);
            let suppression = Suppression {
                fingerprint: which.to_string(),
                reason: "meant".to_owned(),
                risk: Risk::Critical,
                until: None,
            };
            suppress(&mut judged, &[suppression], Timestamp(0));
            let others: Vec<_> =
                findings.iter().filter(|it| it.fingerprint != which.to_string()).cloned().collect();
            prop_assert!(judged.verdict >= verdict(&others, &[done]).0);
            let is_critical = findings.iter().any(|it| {
                it.risk == Risk::Critical && it.evidence != EvidenceLevel::Rejected
            });
            prop_assert!(!is_critical || judged.verdict != Verdict::Pass);
        }
    }
}
