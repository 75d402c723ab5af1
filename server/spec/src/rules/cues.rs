//! Where a spec gives a cue.

use super::{SpecCx, mend};
use crate::facts::{Cue, Fact};
use crate::pattern::compile;
use crate::scope::Role;
use model::{DocumentId, Evidence, Modality, Span};
use regex::Regex;
use std::sync::LazyLock;

/// Machines start programs "at login" too, logs are kept "in the UI", and a token is no sign-in.
static OTHER_LOGIN: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:at|on) (?:macos |windows |system )?log-?in\b|\blogs in (?:the|a|an|debug|json|real)\b|continue with|bot token|oauth[- ]scope|scopes? oauth|\bJWT\b",
    )
});

static PLAIN: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)log(?:s|ged|ging)?[- ]?(?:in|into)\b|sign(?:s|ed|ing)?[- ]?(?:in|up|into)\b|authenticat|\bauth\b|regist|anmeld|connexion|se connect|inscri|sesión|autentic|cadastr|вход|вой[тд]|авториз|аутентиф|регистр|masuk|daftar|otentikasi|autentikasi|登录|登入|注册|认证|ログイン|登録|認証|로그인|가입|인증",
    )
});

/// Where people sign in to the product, as far as the sentence shows.
pub(super) fn sign_ins<'a>(cx: &SpecCx<'a>) -> Vec<&'a Evidence> {
    /// More places show nothing new.
    const PLACES_MAX: usize = 64;
    let all = cx.analysis.detection.sign_in.iter().flatten().take(PLACES_MAX);
    let mut out: Vec<&Evidence> = all
        .filter(|it| {
            let sentence = mend::sentence(cx, it.document, it.span);
            let defined = mend::role(cx, it.document, it.span) == Role::Glossary;
            !defined && !OTHER_LOGIN.is_match(sentence) && !is_quoted(cx, it)
        })
        .collect();
    // The plainest words first; one account or admin area alone says too little.
    let plain = |it: &Evidence| PLAIN.is_match(cx.documents[it.document.0 as usize].slice(it.span));
    if out.len() < 2 && !out.iter().any(|it| plain(it)) {
        out.clear();
    }
    out.sort_by_key(|it| !plain(it));
    out
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
