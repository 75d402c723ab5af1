//! A review: a panel is heard, and the rule is applied.

use crate::{Answer, POLICY_VERSION, Reviewer, Subject, verdict};
use model::{Review, ReviewerRun};
use std::panic::{AssertUnwindSafe, catch_unwind};
use system::System;

/// Hears each reviewer of `panel` that judges such a `subject`, in order, and joins what they say.
///
/// A reviewer that panics has failed, like one that says so.
#[must_use]
pub fn review(subject: &Subject, panel: &[&dyn Reviewer], system: &dyn System) -> Review {
    let (mut findings, mut runs, mut reachability) = (Vec::new(), Vec::new(), Vec::new());
    for reviewer in panel.iter().filter(|it| it.judges(subject.kind)) {
        let start = system.now();
        let answer = catch_unwind(AssertUnwindSafe(|| reviewer.review(subject)))
            .unwrap_or_else(|_| Answer::failed("it stopped with an internal error"));
        let ms = u64::try_from(system.now().0 - start.0).unwrap_or(0);
        let reviewer = reviewer.name().to_owned();
        runs.push(ReviewerRun { reviewer, status: answer.status, ms });
        findings.extend(answer.findings);
        reachability.extend(answer.reachability);
    }
    // Worst first; else in the order of the subject.
    findings.sort_by(|a, b| {
        let at = |it: &model::CouncilFinding| it.place.as_ref().map(|it| it.span);
        (b.risk, at(a), &a.rule, &a.object).cmp(&(a.risk, at(b), &b.rule, &b.object))
    });
    findings.dedup_by(|a, b| a.fingerprint == b.fingerprint && a.reviewer == b.reviewer);
    let (verdict, reasons) = verdict::verdict(&findings, &runs);
    Review {
        subject_hash: subject.hash(),
        base_hash: subject.base_hash(),
        policy_version: POLICY_VERSION.to_owned(),
        verdict,
        reasons,
        findings,
        runs,
        reachability,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate::plan::Dialect;
    use model::{Class, CouncilFinding, EvidenceLevel, Risk, Stake, Verdict};
    use system::TestSystem;

    struct Scripted(fn() -> Answer);

    impl Reviewer for Scripted {
        fn name(&self) -> &str {
            "scripted"
        }
        fn review(&self, _: &Subject) -> Answer {
            self.0()
        }
    }

    fn finding(risk: Risk, stake: Option<Stake>, evidence: EvidenceLevel) -> Answer {
        Answer::found(vec![CouncilFinding {
            reviewer: "scripted".to_owned(),
            rule: "some-rule".to_owned(),
            class: Class::Security,
            risk,
            stake,
            object: "t".to_owned(),
            evidence,
            quote: String::new(),
            place: None,
            claim: "it is wrong".to_owned(),
            trigger: String::new(),
            fix: None,
            fingerprint: "1".to_owned(),
        }])
    }

    fn check(answers: &[fn() -> Answer], wanted: Verdict) {
        let subject = Subject::of_migration(Dialect::Postgres, "", "", None);
        let panel: Vec<Scripted> = answers.iter().map(|it| Scripted(*it)).collect();
        let panel: Vec<&dyn Reviewer> = panel.iter().map(|it| it as &dyn Reviewer).collect();
        let review = review(&subject, &panel, &TestSystem::new());
        assert_eq!(review.verdict, wanted, "{:?}", review.reasons);
        assert_eq!(review.reasons.is_empty(), wanted == Verdict::Pass);
    }

    const NOTHING: fn() -> Answer = || Answer::found(Vec::new());

    #[test]
    fn risk_decides() {
        use EvidenceLevel::{Plausible, Rejected, Verified};
        check(&[NOTHING], Verdict::Pass);
        check(&[|| finding(Risk::Critical, None, Verified)], Verdict::Block);
        check(&[|| finding(Risk::High, None, Verified)], Verdict::Block);
        check(&[|| finding(Risk::Medium, None, Verified)], Verdict::Pass);
        let asks: fn() -> Answer = || finding(Risk::Medium, Some(Stake::Data), Verified);
        check(&[asks], Verdict::NeedsAcknowledgement);
        check(&[|| finding(Risk::Low, Some(Stake::Access), Verified)], Verdict::Pass);
        check(&[|| finding(Risk::High, None, Plausible)], Verdict::NeedsAcknowledgement);
        check(&[|| finding(Risk::Critical, None, Rejected)], Verdict::Pass);
    }

    #[test]
    fn no_answer_is_never_a_pass() {
        check(&[], Verdict::Inconclusive);
        check(&[NOTHING, || Answer::failed("time-out")], Verdict::Inconclusive);
        check(&[NOTHING, || panic!("a bug")], Verdict::Inconclusive);
        check(&[NOTHING, || Answer::not_run("no server")], Verdict::Pass);
        let blocks: fn() -> Answer = || finding(Risk::High, None, EvidenceLevel::Verified);
        check(&[|| Answer::failed("refused"), blocks], Verdict::Block);
    }
}
