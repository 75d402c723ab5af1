//! Where a spec gives a cue.

use super::{SpecCx, mend};
use crate::facts::{Cue, Fact};
use model::{DocumentId, Evidence, Modality, Span};
use regex::Regex;
use std::sync::LazyLock;

/// Machines start programs "at login" too, logs are kept "in the UI", and a token is no sign-in.
static OTHER_LOGIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:at|on) (?:macos |windows |system )?log-?in\b|\blogs in (?:the|a|an|debug|json|real)\b|oauth[- ]scope|scopes? oauth|\bJWT\b",
    )
    .expect("a test compiles the pattern")
});

/// Where people sign in to the product, as far as the sentence shows.
pub(super) fn sign_ins<'a>(cx: &SpecCx<'a>) -> Vec<&'a Evidence> {
    let all = cx.analysis.detection.sign_in.iter().flatten();
    all.filter(|it| {
        let sentence = mend::sentence(cx, it.document, it.span);
        !OTHER_LOGIN.is_match(sentence) && !is_quoted(cx, it)
    })
    .collect()
}

/// Whether the words stand in quotation marks: they are data, not a wish.
fn is_quoted(cx: &SpecCx<'_>, it: &Evidence) -> bool {
    let sentence = mend::sentence(cx, it.document, it.span);
    let words = cx.documents[it.document.0 as usize].slice(it.span);
    let Some(at) = sentence.find(words) else { return false };
    let n_before = sentence[..at].matches(['"', '“', '”']).count();
    n_before % 2 == 1 && sentence[at..].contains(['"', '”'])
}

/// The places of `cue` with that modality, in reading order.
pub(super) fn places(cx: &SpecCx<'_>, cue: Cue, modality: Modality) -> Vec<(DocumentId, Span)> {
    let mut out = Vec::new();
    for (document, chunks) in (0u32..).map(DocumentId).zip(&cx.analysis.facts) {
        for placed in chunks {
            out.extend(placed.facts.facts.iter().filter_map(|fact| match fact {
                Fact::Cue(it) if it.cue == cue && it.sighting.modality == modality => {
                    Some((document, it.sighting.span.shift(placed.start)))
                }
                _ => None,
            }));
        }
    }
    out
}
