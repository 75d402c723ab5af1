//! Hints about the whole product: whether people sign in, and whether it has a server at all.

use super::vendors::Trade;
use super::view::View;
use super::words::{Topic, Word};
use crate::facts::{Cue, CueFact, Fact};
use crate::scope::Role;
use model::Modality;
use std::ops::Range;

pub(super) fn read(view: &View<'_>, out: &mut Vec<Fact>) {
    let mut last = None;
    for hit in &view.hits {
        let Word::Topic(topic) = hit.meaning else {
            if matches!(hit.meaning, Word::Method(..)) {
                sign_in(view, &hit.range, out);
            }
            continue;
        };
        // One cue of a kind for a passage is enough, except where some are denied.
        if last == Some(topic) && topic != Topic::SignIn {
            continue;
        }
        last = Some(topic);
        match topic {
            Topic::SignIn | Topic::Social => sign_in(view, &hit.range, out),
            Topic::Account => {
                // "Account" alone may be a customer's or a bank's.
                let plain = view.text()[hit.range.clone()].chars().count() <= 8;
                push(view, Cue::SignIn, &hit.range, if plain { 45 } else { 60 }, out);
            }
            Topic::LocalOnly => push(view, Cue::LocalOnly, &hit.range, 80, out),
            Topic::Local => push(view, Cue::LocalOnly, &hit.range, 40, out),
            Topic::Server => push(view, Cue::Server, &hit.range, 60, out),
            Topic::ClientKind => push(view, Cue::ClientKind, &hit.range, 60, out),
            Topic::Own => push(view, Cue::Ownership, &hit.range, 60, out),
            Topic::Share => push(view, Cue::Sharing, &hit.range, 60, out),
            _ => {}
        }
    }
    for seen in view.vendors(Trade::Identity) {
        push(view, Cue::SignIn, &seen.range, 75, out);
    }
}

fn sign_in(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    let cue = if view.modality(range.start).denies() { Cue::NoSignIn } else { Cue::SignIn };
    const WEAK: &[&str] = &[
        "oauth",
        "oauth2",
        "oauth 2.0",
        "jwt",
        "access token",
        "refresh token",
        "2fa",
        "mfa",
        "auth",
    ];
    let word = &view.text()[range.clone()];
    let percent = match view.scope.role() {
        _ if is_between_machines(view, range) => 45,
        _ if WEAK.contains(&word) => 55,
        Role::Risk | Role::Glossary => 55,
        _ => 70,
    };
    push(view, cue, range, percent, out);
}

/// Whether servers and services authenticate each other here, not people.
fn is_between_machines(view: &View<'_>, range: &Range<usize>) -> bool {
    const BARE: &[&str] = &[
        "authentication",
        "authenticate",
        "authenticates",
        "authenticated",
        "authentifizierung",
        "authentifizieren",
        "authentification",
        "authentifié",
        "autenticación",
        "autenticar",
        "autenticado",
        "autenticação",
        "авторизация",
        "авторизации",
        "аутентификация",
        "аутентификации",
        "аутентификацию",
        "autentikasi",
        "otentikasi",
        "认证",
        "鉴权",
        "認証",
        "인증",
    ];
    const MACHINES: &[&str] = &[
        "token",
        "api",
        "credential",
        "certificate",
        "header",
        "service account",
        "ssh",
        "vpn",
        "smtp",
        "webhook",
        "registry",
        "proxy",
        "upstream",
        "third-party",
        "database",
        "zertifikat",
        "certificat",
        "сертификат",
        "токен",
        "令牌",
        "証明書",
        "認証情報",
        "トークン",
        "인증서",
        "토큰",
    ];
    const PEOPLE: &[&str] = &[
        "user auth",
        "users auth",
        "user must auth",
        "users must",
        "authenticated user",
        "authenticate user",
        "user is auth",
        "users can",
        "user can",
        "user registration",
        "session",
        "benutzer",
        "nutzer",
        "utilisateur",
        "usuario",
        "usuário",
        "пользовател",
        "pengguna",
        "用户",
        "ユーザー",
        "会員",
        "사용자",
        "회원",
    ];
    let text = view.text();
    if !BARE.contains(&&text[range.clone()]) {
        return false;
    }
    let around = view.around(range);
    let has = |words: &[&str]| words.iter().any(|it| around.contains(it));
    has(MACHINES) && !has(PEOPLE)
}

fn push(view: &View<'_>, cue: Cue, range: &Range<usize>, percent: u8, out: &mut Vec<Fact>) {
    let mut sighting = view.sighting(range, "cue-words", percent);
    if cue == Cue::LocalOnly {
        // The phrase is a denial by itself ("no backend"); only its section may take it back.
        sighting.modality = view.scope.modality().max(view.passage.inherited);
        if sighting.modality.denies() {
            sighting.modality = Modality::InScope;
        }
    }
    out.push(Fact::Cue(CueFact { cue, sighting }));
}
