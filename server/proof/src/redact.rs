//! Takes secrets out of a statement before there are bytes of it, and looks for them again later.
//!
//! Values that are known go first, in every form that texts have them in; then what the detector of
//! `text::secrets` finds; then where this machine keeps its folders, and addresses of people.

use crate::statement::{Masked, Statement};
use aho_corasick::{AhoCorasick, MatchKind};
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use regex::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// What a hidden part looks like: `[redacted: Stripe key]`.
const OPEN: &str = "[redacted: ";
/// A match that is all of such parts hides something already.
static HIDDEN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:\[redacted: [A-Za-z0-9 -]+\]?)+$").expect("it is sound"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let address =
        r"\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24}\b";
    Regex::new(address).expect("it is sound")
});
/// A shorter known value would be found in every second word.
const BYTES_MIN: usize = 4;
/// A shorter number would be found in every second moment.
const DIGITS_MIN: usize = 6;
/// A run of so many hexadecimal digits is a hash, in which a short known value is by chance.
const HASH_MIN: usize = 32;
const KNOWN: &str = "known value";
/// Fields whose texts are made here, of nothing but facts.
const OWN_FIELDS: [&str; 9] = [
    "_type",
    "predicateType",
    "id",
    "headline",
    "generatedAt",
    "at",
    "startedAt",
    "endedAt",
    "kind",
];
/// What a statement says in words of its own. Whoever can write a file of variables could else name
/// one of them a secret, and so take from a proof that somebody overrode the council.
const OWN_WORDS: [&str; 30] = [
    "passed",
    "failed",
    "not-run",
    "pass",
    "block",
    "inconclusive",
    "needs_acknowledgement",
    "overridden",
    "acknowledged",
    "suppressed",
    "started",
    "done",
    "running",
    "apply",
    "baseline",
    "rollback",
    "add",
    "change",
    "remove",
    "critical",
    "high",
    "medium",
    "low",
    "info",
    "proved",
    "verified",
    "corroborated",
    "plausible",
    "rejected",
    "specwright",
];

/// Knows what must not be shown.
pub struct Redactor {
    known: Option<AhoCorasick>,
    n_known: usize,
    /// Folders with what stands for them, the longest first.
    folders: Vec<(String, &'static str)>,
}

/// A secret that is still there: where, and of which kind; never its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// A JSON pointer.
    pub pointer: String,
    pub kind: String,
}

impl Redactor {
    /// `values` are secrets; `folders` are told by what stands for them.
    #[must_use]
    pub fn new(values: &BTreeSet<String>, folders: Vec<(String, &'static str)>) -> Self {
        let values: Vec<&str> =
            values.iter().map(|it| it.trim()).filter(|it| is_telling(it)).collect();
        let forms: BTreeSet<String> = values.iter().flat_map(|it| forms(it)).collect();
        let known = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&forms);
        let mut folders = folders;
        folders.retain(|(path, _)| path.len() > 1);
        folders.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
        let known = known.ok().filter(|_| !forms.is_empty());
        Self { known, n_known: values.len(), folders }
    }

    #[must_use]
    pub fn n_known(&self) -> usize {
        self.n_known
    }

    /// The statement without secrets, with what was masked in its `redaction`.
    ///
    /// # Panics
    /// Never: texts are replaced by texts.
    #[must_use]
    pub fn statement(&self, statement: &Statement) -> Statement {
        let mut counts = BTreeMap::new();
        let mut value = serde_json::to_value(statement).expect("keys are strings");
        let mut mask = |_: &str, text: &mut String| *text = self.text(text, &mut counts);
        each_text(&mut String::new(), &mut value, &mut mask);
        let mut out: Statement = serde_json::from_value(value).expect("it has the same shape");
        for (old, new) in
            statement.predicate.chain.entries.iter().zip(&mut out.predicate.chain.entries)
        {
            new.redacted = old != new;
        }
        out.predicate.redaction.n_known_values = self.n_known;
        out.predicate.redaction.masked =
            counts.into_iter().map(|(kind, n)| Masked { kind, n }).collect();
        out
    }

    /// The secrets that a statement still shows.
    #[must_use]
    pub fn hits(&self, statement: &Statement) -> Vec<Hit> {
        let mut out = Vec::new();
        let mut value = serde_json::to_value(statement).expect("keys are strings");
        let mut look = |pointer: &str, text: &mut String| {
            let mut counts = BTreeMap::new();
            self.text(text, &mut counts);
            out.extend(counts.into_keys().map(|kind| Hit { pointer: pointer.to_owned(), kind }));
        };
        each_text(&mut String::new(), &mut value, &mut look);
        out
    }

    #[cfg(test)]
    fn knows_of(&self, text: &str) -> bool {
        self.known.as_ref().is_some_and(|it| it.is_match(text))
    }

    fn text(&self, text: &str, counts: &mut BTreeMap<String, usize>) -> String {
        let mut out = text.to_owned();
        if let Some(known) = &self.known {
            let places = known.find_iter(&out).map(|it| it.range());
            let places: Vec<_> = places.filter(|it| !is_in_hash(&out, it)).collect();
            for place in places.into_iter().rev() {
                hide(&mut out, place, KNOWN, counts);
            }
        }
        for it in text::secrets::find(&out).into_iter().rev() {
            if !HIDDEN.is_match(&out[it.span.range()]) {
                hide(&mut out, it.span.range(), it.kind, counts);
            }
        }
        for (path, name) in &self.folders {
            // `/home/al` is not where `/home/alice` begins.
            let ends = |at: usize| {
                !out[at + path.len()..]
                    .starts_with(|it: char| it.is_alphanumeric() || it == '_' || it == '-')
            };
            let places: Vec<usize> =
                out.match_indices(path.as_str()).map(|it| it.0).filter(|it| ends(*it)).collect();
            for at in places.into_iter().rev() {
                out.replace_range(at..at + path.len(), name);
                *counts.entry("folder of this machine".to_owned()).or_default() += 1;
            }
        }
        let places: Vec<_> = ADDRESS.find_iter(&out).map(|it| it.range()).collect();
        for place in places.into_iter().rev() {
            hide(&mut out, place, "mail address", counts);
        }
        out
    }
}

/// Whether a value is long enough to be no part of other words.
fn is_telling(value: &str) -> bool {
    let is_number = value.bytes().all(|it| it.is_ascii_digit());
    value.len() >= if is_number { DIGITS_MIN } else { BYTES_MIN }
}

/// Whether a short match is a part of a hash.
fn is_in_hash(text: &str, place: &std::ops::Range<usize>) -> bool {
    let is_hex = |it: &u8| it.is_ascii_hexdigit();
    let before = text.as_bytes()[..place.start].iter().rev().take_while(|it| is_hex(it)).count();
    let after = text.as_bytes()[place.end..].iter().take_while(|it| is_hex(it)).count();
    let is_all_hex = text.as_bytes()[place.clone()].iter().all(is_hex);
    is_all_hex && place.len() < 2 * BYTES_MIN && before + place.len() + after >= HASH_MIN
}

fn hide(
    text: &mut String,
    place: std::ops::Range<usize>,
    kind: &str,
    counts: &mut BTreeMap<String, usize>,
) {
    text.replace_range(place, &format!("{OPEN}{kind}]"));
    *counts.entry(kind.to_owned()).or_default() += 1;
}

/// Every text of a value that is not our own, with where it is. Keys are ours.
fn each_text(at: &mut String, value: &mut Value, hear: &mut dyn FnMut(&str, &mut String)) {
    let len = at.len();
    match value {
        Value::String(text) => {
            let field = at.rsplit('/').next().unwrap_or_default();
            if !OWN_FIELDS.contains(&field) && !OWN_WORDS.contains(&text.as_str()) {
                hear(at, text);
            }
        }
        Value::Array(list) => {
            for (index, it) in list.iter_mut().enumerate() {
                *at += &format!("/{index}");
                each_text(at, it, hear);
                at.truncate(len);
            }
        }
        Value::Object(fields) => {
            for (name, it) in fields {
                *at += &format!("/{name}");
                each_text(at, it, hear);
                at.truncate(len);
            }
        }
        _ => {}
    }
}

/// A value as it may stand in a text: as it is, in JSON, in HTML, in a URL, in hexadecimal, and in
/// base64 however it lies in what was encoded.
fn forms(value: &str) -> Vec<String> {
    let json = Value::from(value).to_string();
    let html = crate::page::escaped(value);
    let mut out = vec![value.to_owned(), json[1..json.len() - 1].to_owned(), html];
    let percent: String = value.bytes().map(percent_encoded).collect();
    out.extend([percent.replace("%20", "+"), percent]);
    // Shorter ones are in other words by chance.
    if value.len() >= 2 * BYTES_MIN {
        out.push(catalog::hex(value.as_bytes()));
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            out.extend((0..3).map(|offset| base64_at(&engine, value, offset)));
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn percent_encoded(byte: u8) -> String {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    }
}

/// The letters of base64 that depend on the value alone when `offset` bytes come before it.
fn base64_at(engine: &impl base64::Engine, value: &str, offset: usize) -> String {
    let mut bytes = vec![0; offset];
    bytes.extend(value.as_bytes());
    let text = engine.encode(&bytes);
    let start = [0, 2, 3][offset];
    let end = match bytes.len() % 3 {
        0 => text.len(),
        _ => text.len() - 1,
    };
    text[start..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    fn redactor(values: &[&str]) -> Redactor {
        let values = values.iter().map(|it| (*it).to_owned()).collect();
        Redactor::new(&values, vec![("/w/shop".to_owned(), "."), ("/h/alice".to_owned(), "~")])
    }

    fn check(values: &[&str], text: &str, expect: Expect) {
        expect.assert_eq(&redactor(values).text(text, &mut BTreeMap::new()));
    }

    #[test]
    fn known_values_go_first_in_every_form() {
        let value = "hunter2 &Co\"x";
        check(
            &[value],
            "plain hunter2 &Co\"x, JSON hunter2 &Co\\\"x, HTML hunter2 &amp;Co&quot;x, \
             URL hunter2%20%26Co%22x and hunter2+%26Co%22x, hex 68756e746572322026436f2278",
            expect![
                "plain [redacted: known value], JSON [redacted: known value], HTML [redacted: known value], URL [redacted: known value] and [redacted: known value], hex [redacted: known value]"
            ],
        );
        for before in ["", "a", "ab", "abc"] {
            let text = STANDARD_NO_PAD.encode(format!("{before}{value} and more"));
            let hidden = redactor(&[value]).text(&text, &mut BTreeMap::new());
            assert!(hidden.contains("[redacted: known value]"), "{before}: {hidden}");
        }
    }

    #[test]
    fn the_longest_known_value_wins_and_short_ones_are_no_words() {
        check(&["hunter", "hunter22"], "is hunter22", expect!["is [redacted: known value]"]);
        check(&["abc", "2026"], "abc in 2026", expect!["abc in 2026"]);
        let hash = "9f86d081884c7d659a2feaa0c55ad015";
        check(
            &["7d659a"],
            &format!("{hash} 7d659a"),
            expect!["9f86d081884c7d659a2feaa0c55ad015 [redacted: known value]"],
        );
    }

    #[test]
    fn nobody_hides_what_a_proof_says_by_calling_it_a_secret() {
        let said = serde_json::json!({
            "result": "passed", "act": "overridden", "headline": "the council was overridden",
            "detail": "overridden since",
        });
        let (mut value, mut counts) = (said.clone(), BTreeMap::new());
        let redactor = redactor(&["passed", "overridden"]);
        let mut mask = |_: &str, text: &mut String| *text = redactor.text(text, &mut counts);
        each_text(&mut String::new(), &mut value, &mut mask);
        for field in ["result", "act", "headline"] {
            assert_eq!(value[field], said[field]);
        }
        assert_eq!(value["detail"], "[redacted: known value] since");
    }

    #[test]
    fn a_folder_is_whole_names() {
        check(&[], "/w/shop /w/shopping /w/shop/a", expect![". /w/shopping ./a"]);
    }

    #[test]
    fn formats_folders_and_addresses_follow() {
        let key = ["sk_", "live_a1B2c3D4e5F6g7H8i9J0"].concat();
        check(
            &[],
            &format!("key {key} of alice@example.com in /w/shop/a.db and /h/alice/b"),
            expect!["key [redacted: Stripe key] of [redacted: mail address] in ./a.db and ~/b"],
        );
    }

    #[test]
    fn what_is_hidden_is_not_found_again() {
        let text = "create role app password 'hunter2'; API_KEY=x9Kq2vLm8R";
        let once = redactor(&[]).text(text, &mut BTreeMap::new());
        let mut counts = BTreeMap::new();
        assert_eq!(redactor(&[]).text(&once, &mut counts), once);
        assert_eq!(counts, BTreeMap::new());
        // A part that only looks hidden is.
        check(
            &[],
            "password of a role: alter role app password '[redacted: x] hunter2'",
            expect!["password of a role: alter role app password '[redacted: password of a role]'"],
        );
    }

    #[test]
    fn hashes_and_ids_are_left() {
        let text = "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 \
                    0190a5b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b 2026-11-21T12:00:00Z";
        assert_eq!(redactor(&["hunter2"]).text(text, &mut BTreeMap::new()), text);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_known_value_survives_wherever_it_stands(
            value in "[A-Za-z0-9!&\"'<>/+=%]{8,24}",
            before in "[a-z \"{]{0,12}",
            after in "[a-z \"}]{0,12}",
        ) {
            let redactor = redactor(&[&value]);
            let text = format!("{before}{value}{after}");
            let hidden = redactor.text(&text, &mut BTreeMap::new());
            prop_assert!(!redactor.knows_of(&hidden), "{}", hidden);
        }

        #[test]
        fn hidden_once_is_hidden_for_good(text in "(password '[a-z0-9]{4,9}' |sk_live_[a-z0-9]{20} |token=[a-zA-Z0-9]{12,20} |[ -~]{0,20}){0,5}") {
            let redactor = redactor(&[]);
            let once = redactor.text(&text, &mut BTreeMap::new());
            let mut counts = BTreeMap::new();
            redactor.text(&once, &mut counts);
            prop_assert_eq!(counts, BTreeMap::new(), "{}", once);
        }
    }
}
