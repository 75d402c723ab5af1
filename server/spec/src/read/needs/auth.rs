//! Sign-in methods and providers.

use super::vendors::Trade;
use super::view::View;
use super::words::{Topic, Word};
use crate::facts::Fact;
use crate::scope::Role;
use model::NeedKind;
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
        let percent = match (sure, signs_in) {
            // Sure by itself, but tables and forms also list these words.
            (90.., true) => 95,
            (90.., false) => 75,
            (_, true) => sure.saturating_add(10),
            (_, false) if sure >= 80 => 55,
            (_, false) => sure.min(45),
        };
        out.push(view.need(NeedKind::Auth, name, &hit.range, percent));
    }
}

/// A password and what it goes with, in one sentence about signing in.
fn passwords(view: &View<'_>, out: &mut Vec<Fact>) {
    let Some(place) = view.places(Topic::Password).next() else { return };
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

fn one_time_codes(view: &View<'_>, out: &mut Vec<Fact>) {
    for place in view.places(Topic::OneTimeCode) {
        let sentence = view.sentence(place.start);
        if sentence.any(&[Topic::Phone, Topic::SmsOut]) && is_about_sign_in(view, place.start) {
            out.push(view.need(NeedKind::Auth, "phone-otp", place, 80));
        }
    }
}

/// A provider's name is a login only beside words that say so; GitHub or Discord may as well be
/// where data comes from.
fn accounts_from_elsewhere(view: &View<'_>, out: &mut Vec<Fact>) {
    for seen in view.vendors(Trade::Login) {
        let clause = view.clause(seen.range.start);
        let beside = adjoins(view, &seen.range);
        let social = clause.has(Topic::Social);
        let listed = view.is_short() && view.context.has(Topic::Social);
        let headed =
            view.is_short() && (view.context.has(Topic::SignIn) || view.scope.role() == Role::Auth);
        let data = clause.any(&[Topic::Integration, Topic::Webhook, Topic::Notify]);
        let percent = match () {
            () if beside && social => 92,
            () if beside => 85,
            () if social && !data => 80,
            () if listed && !data => 75,
            () if headed && !data => 60,
            () if beside || social => 50,
            () => continue,
        };
        out.push(view.need(NeedKind::Auth, seen.vendor.name, &seen.range, percent));
    }
}

/// Whether a word of signing in stands right before or behind a name: "Google login", "log in
/// with Google".
fn adjoins(view: &View<'_>, name: &Range<usize>) -> bool {
    const BETWEEN: &[&str] = &[
        "",
        "account",
        "accounts",
        "with",
        "via",
        "using",
        "by",
        "con",
        "avec",
        "com",
        "mit",
        "über",
        "par",
        "por",
        "через",
        "dengan",
        "menggunakan",
        "konto",
        "compte",
        "cuenta",
        "アカウント",
        "アカウントで",
        "で",
        "계정",
        "계정으로",
        "账号",
        "/",
        "с",
        "with your",
        "'s",
    ];
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
        BETWEEN.contains(&between.trim_matches([' ', '-', '(', ':', '"', '\'']))
    })
}

fn is_about_sign_in(view: &View<'_>, at: usize) -> bool {
    let others = view.hits_in(&view.passage.prose.sentence(at)).any(|it| {
        it.range.start != at
            && matches!(it.meaning, Word::Topic(Topic::SignIn | Topic::Social | Topic::Account))
    });
    others || view.context.any(&[Topic::SignIn, Topic::Social]) || view.scope.role() == Role::Auth
}
