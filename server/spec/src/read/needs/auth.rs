//! Sign-in methods and providers.

use super::vendors::Trade;
use super::view::{self, View};
use super::words::{Topic, Word};
use crate::facts::Fact;
use crate::scope::Role;
use model::{Modality, NeedKind};
use std::ops::Range;

pub(super) fn read(view: &View<'_>, out: &mut Vec<Fact>) {
    methods(view, out);
    passwords(view, out);
    one_time_codes(view, out);
    accounts_from_elsewhere(view, out);
}

/// Phrases that name a method.
fn methods(view: &View<'_>, out: &mut Vec<Fact>) {
    for hit in &view.hits {
        let Word::Method(name, sure) = hit.meaning else { continue };
        let signs_in = is_about_sign_in(view, hit.range.start);
        if name == "phone-otp" && sentence_is_of_mail(view, hit.range.start) {
            continue;
        }
        let percent = match (sure, signs_in) {
            // Sure by itself, but tables and forms also list these words.
            (90.., true) => 95,
            (90.., false) => 75,
            (_, true) => sure.saturating_add(10),
            (_, false) if sure >= 80 => 55,
            (_, false) => sure.min(45),
        };
        let mut fact = view.need(NeedKind::Auth, name, &hit.range, percent);
        // "Create an account (e.g., email/password)" names the one way there is.
        if let Fact::Need(need) = &mut fact
            && need.sighting.modality == Modality::Example
            && signs_in
            && !view.scope.modality().denies()
            && view.scope.modality() != Modality::Example
        {
            need.sighting.modality = Modality::InScope;
        }
        out.push(fact);
    }
}

/// A one-time code that comes by mail needs no phone.
fn sentence_is_of_mail(view: &View<'_>, at: usize) -> bool {
    let sentence = view.sentence(at);
    sentence.any(&[Topic::MailOut, Topic::EmailAddress])
        && !sentence.any(&[Topic::Phone, Topic::SmsOut])
}

/// A password and what it goes with, in one sentence about signing in.
fn passwords(view: &View<'_>, out: &mut Vec<Fact>) {
    password_care(view, out);
    let mut places = view.places(Topic::Password).filter(|it| !is_for_once(view.text(), it));
    let Some(place) = places.next() else { return };
    let sentence = view.sentence(place.start);
    let whole = view.topics;
    let signs_in = sentence.has(Topic::SignIn) || view.context.has(Topic::SignIn);
    let (name, percent) = if whole.has(Topic::EmailAddress) && signs_in {
        ("email-password", if sentence.has(Topic::EmailAddress) { 85 } else { 65 })
    } else if whole.has(Topic::Username) && signs_in {
        ("username-password", if sentence.has(Topic::Username) { 85 } else { 65 })
    } else if signs_in {
        ("email-password", 50)
    } else {
        return;
    };
    out.push(view.need(NeedKind::Auth, name, place, percent));
}

/// "One-time password": a code, whatever it is called.
fn is_for_once(text: &str, place: &Range<usize>) -> bool {
    const ONCE: &[&str] =
        &["one-time", "one time", "single-use", "temporary", "einmal", "одноразовый"];
    let before = text[..place.start].trim_end_matches([' ', '-']);
    ONCE.iter().any(|it| before.ends_with(it))
}

/// Passwords that are hashed or can be reset are signed in with; the judge asks whether anybody
/// signs in.
fn password_care(view: &View<'_>, out: &mut Vec<Fact>) {
    const PLACES_MAX: usize = 8;
    const HASHED: &[&str] = &[
        "bcrypt",
        "argon2",
        "scrypt",
        "pbkdf2",
        "hash",
        "encrypt",
        "salted",
        "plain text",
        "plaintext",
        "verschlüssel",
        "klartext",
        "chiffr",
        "hach",
        "cifr",
        "encript",
        "cript",
        "хеш",
        "хэш",
        "шифр",
        "enkripsi",
        "加密",
        "哈希",
        "散列",
        "ハッシュ",
        "暗号",
        "암호화",
        "해시",
        "해싱",
    ];
    const RESET: &[&str] = &[
        "password reset",
        "reset password",
        "forgot password",
        "passwort zurücksetzen",
        "passwort vergessen",
        "mot de passe oublié",
        "redefinir senha",
        "recuperação de senha",
        "восстановление пароля",
        "lupa password",
        "lupa kata sandi",
    ];
    let text = view.text();
    let reset = view.hits.iter().find(|it| {
        it.meaning == Word::Topic(Topic::SignIn) && RESET.contains(&&text[it.range.clone()])
    });
    let hashed = view.places(Topic::Password).take(PLACES_MAX).find(|it| {
        let sentence = &text[view.passage.prose.sentence(it.start)];
        HASHED.iter().any(|word| sentence.contains(word))
    });
    if let Some(place) = reset.map(|it| &it.range).or(hashed) {
        let mut fact = view.need(NeedKind::Auth, "email-password", place, 50);
        // "Never store passwords in plain text" denies the plain text only.
        if let Fact::Need(need) = &mut fact
            && need.sighting.modality == Modality::Excluded
            && hashed.is_some()
        {
            need.sighting.modality = Modality::InScope;
        }
        out.push(fact);
    }
}

fn one_time_codes(view: &View<'_>, out: &mut Vec<Fact>) {
    // "Log in with a code sent by SMS".
    const CODE: &[&str] = &["code", "código", "код", "kode", "コード", "코드", "번호", "码"];
    if let Some(place) = view.places(Topic::SmsOut).next() {
        let sentence = &view.text()[view.passage.prose.sentence(place.start)];
        let signs_in = view.sentence(place.start).any(&[Topic::SignIn, Topic::Social]);
        if signs_in && CODE.iter().any(|it| sentence.contains(it)) {
            out.push(view.need(NeedKind::Auth, "phone-otp", place, 75));
        }
    }
    let senders = match view.topics.has(Topic::OneTimeCode) {
        true => view.vendors(Trade::Sms),
        false => Vec::new(),
    };
    for place in view.places(Topic::OneTimeCode) {
        let sentence = view.sentence(place.start);
        let by_phone = sentence.any(&[Topic::Phone, Topic::SmsOut])
            || senders.first().is_some_and(|first| {
                view.passage.prose.sentence(place.start).contains(&first.range.start)
            });
        if by_phone {
            let percent = if is_about_sign_in(view, place.start) { 80 } else { 60 };
            out.push(view.need(NeedKind::Auth, "phone-otp", place, percent));
        }
    }
}

/// A provider's name is a login only beside words that say so; GitHub or Discord may as well be
/// where data comes from.
fn accounts_from_elsewhere(view: &View<'_>, out: &mut Vec<Fact>) {
    let mut last: Option<(Range<usize>, u8)> = None;
    for seen in view.vendors(Trade::Login) {
        let clause = view.clause(seen.range.start);
        let beside = adjoins(view, &seen.range);
        // "OAuth (GitHub, Google, Discord)": what is said of the first is said of all.
        let listed_with = last.take().filter(|(before, _)| {
            view.text().get(before.end..seen.range.start).is_some_and(view::joins)
        });
        let social = clause.has(Topic::Social);
        let listed = view.is_short() && view.context.has(Topic::Social);
        let headed =
            view.is_short() && (view.context.has(Topic::SignIn) || view.scope.role() == Role::Auth);
        let data = clause.any(&[Topic::Integration, Topic::Webhook, Topic::Notify]);
        let percent = match () {
            () if beside && social => 92,
            () if beside => 85,
            () if listed_with.is_some() => listed_with.map_or(0, |(_, percent)| percent),
            () if social && !data => 80,
            () if listed && !data => 75,
            () if headed && !data => 60,
            () if beside || social => 50,
            () => continue,
        };
        if percent >= 75 {
            last = Some((seen.range.clone(), percent));
        }
        out.push(view.need(NeedKind::Auth, seen.vendor.name, &seen.range, percent));
    }
}

/// Whether a word of signing in stands right before or behind a name: "Google login", "log in
/// with Google".
fn adjoins(view: &View<'_>, name: &Range<usize>) -> bool {
    const BETWEEN: &[&str] = &[
        "account",
        "accounts",
        "integration",
        "provider",
        "providers",
        "support",
        "for",
        "options",
        "through",
        "and",
        "or",
        "with",
        "via",
        "using",
        "by",
        "a",
        "an",
        "the",
        "your",
        "their",
        "his",
        "existing",
        "work",
        "business",
        "personal",
        "company",
        "either",
        "user's",
        "'s",
        "con",
        "su",
        "cuenta",
        "de",
        "avec",
        "un",
        "son",
        "compte",
        "com",
        "conta",
        "a sua",
        "mit",
        "dem",
        "einem",
        "ihrem",
        "seinem",
        "über",
        "par",
        "por",
        "konto",
        "через",
        "с",
        "помощью",
        "аккаунт",
        "dengan",
        "menggunakan",
        "akun",
        "アカウント",
        "アカウントで",
        "で",
        "による",
        "を使った",
        "계정",
        "계정으로",
        "으로",
        "로",
        "账号",
        "帐号",
        "授权",
        "/",
    ];
    const WORDS_MAX: usize = 4;
    let sentence = view.passage.prose.sentence(name.start);
    let text = view.text();
    view.hits_in(&sentence).any(|it| {
        let between = match it.meaning {
            Word::Topic(Topic::SignIn | Topic::Social) if it.range.end <= name.start => {
                &text[it.range.end..name.start]
            }
            Word::Topic(Topic::SignIn | Topic::Social) if it.range.start >= name.end => {
                &text[name.end..it.range.start]
            }
            _ => return false,
        };
        let mut words = between
            .split([' ', '-', '(', ':', '"', '*'])
            .filter(|it| !it.is_empty())
            .take(WORDS_MAX + 1)
            .enumerate();
        words.all(|(index, it)| index < WORDS_MAX && BETWEEN.contains(&it))
    })
}

fn is_about_sign_in(view: &View<'_>, at: usize) -> bool {
    let others = view.hits_in(&view.passage.prose.sentence(at)).any(|it| {
        it.range.start != at
            && matches!(it.meaning, Word::Topic(Topic::SignIn | Topic::Social | Topic::Account))
    });
    others || view.context.any(&[Topic::SignIn, Topic::Social]) || view.scope.role() == Role::Auth
}
