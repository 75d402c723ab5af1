//! What of a model's claims is believed: nothing that was not looked up.

use super::answer::Claim;
use super::lens::Lens;
use super::probe::{Answer, Probe};
use super::prompt::Brief;
use model::{Class, CouncilFinding, EvidenceLevel, FindingFix, FindingPlace, Risk, Span, Stake};

/// Asks the schemas and the shadow; the last resort before a claim stays a claim.
pub type Prober<'a> = dyn Fn(Probe, &str) -> Answer + Sync + 'a;

/// Turns one reviewer's claim into a finding, with what was found out about it.
///
/// A claim is rejected when its quote is not in the text byte for byte, when its object is not on
/// the list, or when its probe shows otherwise. A probe that shows it makes it proved. Only claims
/// that could block or ask are probed: looking costs time.
pub(crate) fn judge(
    claim: &Claim,
    reviewer: &str,
    brief: &Brief,
    prober: &Prober<'_>,
) -> CouncilFinding {
    let place = place(claim, brief);
    let (evidence, remark) = evidence(claim, brief, place.is_some(), prober);
    let trigger = match (claim.trigger.is_empty(), remark.is_empty()) {
        (_, true) => claim.trigger.clone(),
        (true, false) => remark,
        (false, false) => format!("{}; {remark}", claim.trigger),
    };
    CouncilFinding {
        reviewer: reviewer.to_owned(),
        rule: claim.category.word.to_owned(),
        class: class(claim),
        risk: claim.risk,
        stake: stake(claim),
        object: claim.object.clone(),
        evidence,
        quote: claim.quote.clone(),
        fix: claim.fix.as_ref().map(|text| FindingFix {
            title: "Write what the reviewer proposes".to_owned(),
            text: text.clone(),
            // A place of which a part was hidden from the model is not its to rewrite.
            replaces_place: place.is_some() && !claim.quote.contains(crate::redact::FILLER),
        }),
        place,
        claim: claim.claim.clone(),
        trigger,
        fingerprint: fingerprint(claim),
    }
}

fn evidence(
    claim: &Claim,
    brief: &Brief,
    is_quoted: bool,
    prober: &Prober<'_>,
) -> (EvidenceLevel, String) {
    if !is_quoted {
        let why = format!("rejected: the quote is not in `{}`", claim.path);
        return (EvidenceLevel::Rejected, why);
    }
    if !brief.objects.contains(&claim.object) {
        let why = format!("rejected: there is no `{}` in this change", claim.object);
        return (EvidenceLevel::Rejected, why);
    }
    let Some(probe) = claim.probe.filter(|_| claim.risk >= Risk::Medium) else {
        return (EvidenceLevel::Plausible, String::new());
    };
    match prober(probe, &claim.object) {
        Answer::Holds(seen) => (EvidenceLevel::Proved, format!("{}: {seen}", probe.word())),
        Answer::Fails(seen) => {
            (EvidenceLevel::Rejected, format!("rejected by the probe {}: {seen}", probe.word()))
        }
        Answer::Open(why) => {
            (EvidenceLevel::Plausible, format!("the probe {} says nothing: {why}", probe.word()))
        }
    }
}

/// Where the quote stands, byte for byte; of several places the one nearest to the named line.
fn place(claim: &Claim, brief: &Brief) -> Option<FindingPlace> {
    let part = brief.parts.iter().find(|it| it.path == claim.path)?;
    let line_of = |at: usize| 1 + part.text[..at].matches('\n').count();
    let places = part.text.match_indices(&claim.quote);
    let wanted = claim.line as usize;
    let (at, line) =
        places.map(|(at, _)| (at, line_of(at))).min_by_key(|(_, line)| line.abs_diff(wanted))?;
    Some(FindingPlace {
        part: part.path.clone(),
        span: Span::new(at, at + claim.quote.len()),
        line: u32::try_from(line).ok()?,
    })
}

fn class(claim: &Claim) -> Class {
    match (claim.category.word, claim.category.lens) {
        ("secret-exposed", _) => Class::Secrets,
        ("spec-mismatch", _) => Class::Spec,
        ("blocks-traffic" | "missing-index" | "fails-on-data", _) => Class::Availability,
        (_, Lens::Security | Lens::Advocate) => Class::Security,
        (_, Lens::Data) => Class::DataLoss,
        (_, Lens::Compatibility) => Class::Compatibility,
    }
}

fn stake(claim: &Claim) -> Option<Stake> {
    match claim.category.lens {
        Lens::Security => Some(Stake::Access),
        Lens::Data => Some(Stake::Data),
        Lens::Compatibility | Lens::Advocate => None,
    }
}

/// Free of lines, reviewers and wording: reviewers that mean the same thing make the same one.
fn fingerprint(claim: &Claim) -> String {
    let mut hasher = blake3::Hasher::new();
    for text in ["council model 1", claim.category.word, &claim.object] {
        hasher.update(&(text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// Believes what two models say that did not see each other: the same category of the same object.
/// Two lenses of one model are one voice.
pub(crate) fn corroborate(findings: &mut [CouncilFinding]) {
    let said: Vec<(String, String)> = findings
        .iter()
        .filter(|it| it.evidence >= EvidenceLevel::Plausible)
        .map(|it| (it.fingerprint.clone(), voice(&it.reviewer).to_owned()))
        .collect();
    for finding in findings.iter_mut().filter(|it| it.evidence == EvidenceLevel::Plausible) {
        let is_other = |(fingerprint, other): &(String, String)| {
            *fingerprint == finding.fingerprint && other != voice(&finding.reviewer)
        };
        if said.iter().any(is_other) {
            finding.evidence = EvidenceLevel::Corroborated;
        }
    }
}

/// The endpoint of `endpoint/lens`.
pub(crate) fn voice(reviewer: &str) -> &str {
    reviewer.rsplit_once('/').map_or(reviewer, |(endpoint, _)| endpoint)
}
