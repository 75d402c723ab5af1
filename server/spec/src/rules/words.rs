//! What the wording rules share: word lists of ten languages in one pattern, and where they look.

use super::Sink;
use super::cx::{BlockCx, Line};
use crate::pattern::compile;
use crate::requirements::Ears;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// One pattern for lists of words, one list a language; words that need spaces around them get
/// word boundaries, unspaced scripts do not.
pub(super) fn any(lists: &[&str]) -> Regex {
    let parts: Vec<String> = lists
        .iter()
        .map(|it| {
            // A boundary before or behind a CJK character would hold inside a word as well.
            let unspaced = it.chars().any(|it| it > '\u{2e80}');
            if unspaced || it.starts_with(r"\A") {
                format!("(?:{it})")
            } else {
                format!(r"(?:\b(?:{it})(?:\b|$|\W))")
            }
        })
        .collect();
    compile(&format!("(?i){}", parts.join("|")))
}

/// Reports each match in what the spec states.
pub(super) fn report(
    cx: &BlockCx<'_>,
    words: &Regex,
    sink: &mut Sink<'_>,
    message: impl Fn(&str) -> String,
) {
    report_where(cx, words, sink, message, |_, _| true);
}

/// Reports matches in sentences that bind somebody to something.
pub(super) fn report_in_requirements(
    cx: &BlockCx<'_>,
    words: &Regex,
    sink: &mut Sink<'_>,
    message: impl Fn(&str) -> String,
) {
    report_where(cx, words, sink, message, |sentence, _| Ears::binds(sentence));
}

/// Reports matches in sentences that give no number.
pub(super) fn report_without_numbers(
    cx: &BlockCx<'_>,
    words: &Regex,
    sink: &mut Sink<'_>,
    message: impl Fn(&str) -> String,
) {
    report_where(cx, words, sink, message, |sentence, _| {
        !sentence.chars().any(|it| it.is_ascii_digit())
    });
}

/// Reports passives whose sentence does not say by whom.
pub(super) fn report_passive(
    cx: &BlockCx<'_>,
    words: &Regex,
    sink: &mut Sink<'_>,
    message: impl Fn(&str) -> String,
) {
    static BY: LazyLock<Regex> =
        LazyLock::new(|| any(&["by|von|vom|durch|par|por|pelo|pela|oleh"]));
    report_where(cx, words, sink, message, |sentence, at| !BY.is_match(&sentence[at.start..]));
}

/// Reports comparatives without the other side.
pub(super) fn report_comparative(
    cx: &BlockCx<'_>,
    words: &Regex,
    sink: &mut Sink<'_>,
    message: impl Fn(&str) -> String,
) {
    static THAN: LazyLock<Regex> = LazyLock::new(|| {
        any(&["than|als|que|do que|чем|daripada|dari|versus|compared", "比|より|보다"])
    });
    report_where(cx, words, sink, message, |sentence, _| {
        !THAN.is_match(sentence) && !sentence.chars().any(|it| it.is_ascii_digit())
    });
}

/// Reports slashes between plain words: no paths, addresses, names or code.
pub(super) fn report_slash(cx: &BlockCx<'_>, words: &Regex, sink: &mut Sink<'_>) {
    for line in cx.statements() {
        for found in words.find_iter(line.text()) {
            let before = line.text()[..found.start()].chars().next_back();
            let after = line.text()[found.end()..].chars().next();
            let glued = |it: Option<char>| it.is_some_and(|it| "/.-_:@#".contains(it));
            let lower = found.as_str().chars().all(|it| it == '/' || it.is_lowercase());
            let joins = matches!(found.as_str(), "and/or" | "und/oder" | "client/server");
            if lower && !joins && !glued(before) && !glued(after) && !line.is_code(found.start()) {
                let message = format!("`{}` may mean and, or, or both", found.as_str());
                sink.report_here(line.place(found.range()), message);
            }
        }
    }
}

fn report_where(
    cx: &BlockCx<'_>,
    words: &Regex,
    sink: &mut Sink<'_>,
    message: impl Fn(&str) -> String,
    holds: impl Fn(&str, Range<usize>) -> bool,
) {
    for line in cx.statements() {
        for sentence in line.sentences() {
            report_sentence(line, &sentence, words, sink, &message, &holds);
        }
    }
}

fn report_sentence(
    line: &Line<'_>,
    sentence: &Range<usize>,
    words: &Regex,
    sink: &mut Sink<'_>,
    message: &impl Fn(&str) -> String,
    holds: &impl Fn(&str, Range<usize>) -> bool,
) {
    let text = &line.text()[sentence.clone()];
    for found in words.find_iter(text) {
        let word = found.as_str().trim_matches(|it: char| !it.is_alphanumeric() && it != '%');
        let start = found.start() + found.as_str().find(word).unwrap_or(0);
        let range = start..start + word.len();
        if word.is_empty() || line.is_code(sentence.start + start) || !holds(text, range.clone()) {
            continue;
        }
        let place = line.place(sentence.start + range.start..sentence.start + range.end);
        sink.report_here(place, message(word));
    }
}

/// Lower case without a plural ending; the same cut on both sides is all that matters.
pub(super) fn stem(word: &str) -> String {
    let mut out = word.to_lowercase();
    for (ending, instead) in [("ies", "y"), ("es", ""), ("s", ""), ("e", "")] {
        if out.len() > ending.len() + 2 && out.ends_with(ending) {
            out.truncate(out.len() - ending.len());
            out.push_str(instead);
            break;
        }
    }
    out
}
