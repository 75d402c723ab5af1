//! The rule set of gitleaks, read as its authors mean it, without what is about names of files.
//!
//! A rule is compiled when one of its keywords is first met: all together take longer than any
//! text takes to be looked through.

use super::entropy;
use aho_corasick::AhoCorasick;
use model::Span;
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, OnceLock};

/// Which state of the rule set this is; the data's README tells more.
pub const REVISION: &str = "gitleaks b58d3f1";

const DATA: &str = include_str!("../../data/gitleaks.toml");

static SET: LazyLock<Set> = LazyLock::new(Set::read);

struct Set {
    rules: Vec<Rule>,
    keywords: AhoCorasick,
    /// The rules that have a keyword, by its index.
    wanted_by: Vec<Vec<usize>>,
    allowed: Allowed,
}

struct Rule {
    id: String,
    regex: Lazy,
    /// The group that holds the secret; the first that took part when 0.
    group: usize,
    entropy_min: f64,
    allowed: Vec<Allowed>,
}

/// What is no secret though it looks like one.
struct Allowed {
    target: Target,
    regexes: Vec<Lazy>,
    /// In lower case; a secret that holds one is none.
    words: Vec<String>,
}

#[derive(Clone, Copy)]
enum Target {
    Secret,
    Match,
    Line,
}

/// A pattern that is compiled when it is first asked.
struct Lazy {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

/// What a rule has found.
pub(super) struct Found {
    pub(super) rule: &'static str,
    pub(super) span: Span,
}

/// All that the rules find in a text, in no order; places may overlap.
pub(super) fn find(text: &str) -> Vec<Found> {
    let set = &*SET;
    let mut wanted: BTreeSet<usize> = BTreeSet::new();
    for it in set.keywords.find_overlapping_iter(text) {
        wanted.extend(&set.wanted_by[it.pattern().as_usize()]);
    }
    wanted.into_iter().flat_map(|index| set.rules[index].find(text, &set.allowed)).collect()
}

impl Set {
    fn read() -> Self {
        let file: File = toml::from_str(DATA).expect("a test reads the same bytes");
        let (mut rules, mut by_keyword) = (Vec::new(), BTreeMap::<String, Vec<usize>>::new());
        // A rule for files of certain names says nothing of a text without one.
        for it in file.rules.into_iter().filter(|it| it.path.is_none()) {
            let Some(regex) = it.regex else { continue };
            for word in it.keywords {
                by_keyword.entry(word).or_default().push(rules.len());
            }
            rules.push(Rule {
                id: it.id,
                regex: Lazy::new(regex),
                group: it.secret_group,
                entropy_min: it.entropy,
                allowed: it.allowlists.into_iter().filter_map(Allowed::of).collect(),
            });
        }
        let keywords = AhoCorasick::builder().ascii_case_insensitive(true).build(by_keyword.keys());
        Self {
            rules,
            keywords: keywords.expect("some hundred short words fit"),
            wanted_by: by_keyword.into_values().collect(),
            allowed: Allowed::of(file.allowlist).expect("it has more than paths"),
        }
    }
}

impl Rule {
    fn find(&'static self, text: &str, allowed: &Allowed) -> Vec<Found> {
        let mut out = Vec::new();
        let Some(regex) = self.regex.get() else { return out };
        for groups in regex.captures_iter(text.as_bytes()) {
            let whole = groups.get(0).expect("group 0 is the match");
            let secret = match self.group {
                0 => groups.iter().skip(1).flatten().find(|it| !it.is_empty()),
                group => groups.get(group),
            };
            let secret = secret.unwrap_or(whole);
            // A class that excludes letters takes bytes, and so may end inside of a character.
            let start = text.floor_char_boundary(secret.start());
            let end = text.ceil_char_boundary(secret.end());
            let place = Place { text, whole: (whole.start(), whole.end()), secret: (start, end) };
            let is_allowed =
                || allowed.holds(&place) || self.allowed.iter().any(|it| it.holds(&place));
            let is_random = self.entropy_min == 0.0 || entropy(place.secret()) > self.entropy_min;
            if end > start && is_random && !is_allowed() {
                out.push(Found { rule: &self.id, span: Span::new(start, end) });
            }
        }
        out
    }
}

/// A match and the secret in it.
struct Place<'a> {
    text: &'a str,
    whole: (usize, usize),
    secret: (usize, usize),
}

impl<'a> Place<'a> {
    fn secret(&self) -> &'a str {
        &self.text[self.secret.0..self.secret.1]
    }

    fn target(&self, target: Target) -> &'a [u8] {
        let bytes = self.text.as_bytes();
        let (start, end) = match target {
            Target::Secret => self.secret,
            Target::Match => self.whole,
            Target::Line => {
                let start = memchr::memrchr(b'\n', &bytes[..self.whole.0]).map_or(0, |it| it + 1);
                let end = memchr::memchr(b'\n', &bytes[self.whole.1..]);
                (start, end.map_or(bytes.len(), |it| self.whole.1 + it))
            }
        };
        &bytes[start..end]
    }
}

impl Allowed {
    /// `None` for a list that asks for a file's name too.
    fn of(list: Allowlist) -> Option<Self> {
        let needs_path = list.condition.as_deref() == Some("AND") && !list.paths.is_empty();
        let is_empty = list.regexes.is_empty() && list.stopwords.is_empty();
        if needs_path || is_empty {
            return None;
        }
        let target = match list.regex_target.as_deref() {
            Some("match") => Target::Match,
            Some("line") => Target::Line,
            _ => Target::Secret,
        };
        let words = list.stopwords.iter().map(|it| it.to_lowercase()).collect();
        Some(Self { target, regexes: list.regexes.into_iter().map(Lazy::new).collect(), words })
    }

    fn holds(&self, place: &Place<'_>) -> bool {
        let lower = || place.secret().to_lowercase();
        let target = place.target(self.target);
        self.regexes.iter().filter_map(Lazy::get).any(|it| it.is_match(target))
            || (!self.words.is_empty() && {
                let lower = lower();
                self.words.iter().any(|it| lower.contains(it.as_str()))
            })
    }
}

impl Lazy {
    fn new(source: String) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    /// `None` for a pattern that does not compile, which a test keeps from being shipped.
    fn get(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.source).ok()).as_ref()
    }
}

/// The rules are written for Go, whose classes such as `\w` know ASCII alone.
fn compile(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&in_our_syntax(source)).unicode(false).size_limit(64 << 20).build()
}

/// Go takes a brace that starts no repetition for itself.
fn in_our_syntax(source: &str) -> String {
    let bytes = source.as_bytes();
    let (mut out, mut is_escaped, mut is_class) =
        (String::with_capacity(source.len()), false, false);
    for (at, it) in source.char_indices() {
        if it == '{' && !is_escaped && !is_class && !is_repetition(&bytes[at..]) {
            out.push('\\');
        }
        if it == '[' && is_class && !is_escaped && !source[at..].starts_with("[:") {
            out.push('\\');
        }
        match it {
            '[' if !is_escaped => is_class = true,
            ']' if !is_escaped && !is_class_start(&source[..at]) => is_class = false,
            _ => {}
        }
        is_escaped = it == '\\' && !is_escaped;
        out.push(it);
    }
    out
}

/// Whether `{3}`, `{3,}` or `{3,5}` starts here.
fn is_repetition(bytes: &[u8]) -> bool {
    let Some(end) = memchr::memchr(b'}', bytes) else { return false };
    let inner = &bytes[1..end];
    inner.first().is_some_and(u8::is_ascii_digit)
        && inner.iter().all(|it| it.is_ascii_digit() || *it == b',')
}

/// Whether what comes next is the first of a class, where `]` stands for itself.
fn is_class_start(before: &str) -> bool {
    before.ends_with('[') && !before.ends_with("\\[") || before.ends_with("[^")
}

#[derive(Deserialize)]
struct File {
    allowlist: Allowlist,
    rules: Vec<RuleText>,
}

#[derive(Deserialize)]
struct RuleText {
    id: String,
    regex: Option<String>,
    path: Option<String>,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    entropy: f64,
    #[serde(default, rename = "secretGroup")]
    secret_group: usize,
    #[serde(default)]
    allowlists: Vec<Allowlist>,
}

#[derive(Deserialize)]
struct Allowlist {
    condition: Option<String>,
    #[serde(rename = "regexTarget")]
    regex_target: Option<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    regexes: Vec<String>,
    #[serde(default)]
    stopwords: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_of_the_data_compiles() {
        let set = &*SET;
        let of_rules = set.rules.iter().flat_map(|it| {
            let allowed = it.allowed.iter().flat_map(|it| &it.regexes);
            std::iter::once(&it.regex).chain(allowed)
        });
        let mut n = 0;
        for it in of_rules.chain(&set.allowed.regexes) {
            compile(&it.source).unwrap_or_else(|error| panic!("{}: {error}", it.source));
            n += 1;
        }
        // 222 rules, less 5 that are about names of files, and what they allow.
        assert_eq!((set.rules.len(), n > 230), (217, true), "{n}");
    }

    #[test]
    fn every_rule_has_a_keyword_or_would_never_be_asked() {
        let named: BTreeSet<usize> = SET.wanted_by.iter().flatten().copied().collect();
        assert_eq!(named.len(), SET.rules.len());
    }

    fn check(text: &str, expect: expect_test::Expect) {
        let found = find(text).into_iter();
        let found: Vec<String> =
            found.map(|it| format!("{} {}", it.rule, &text[it.span.range()])).collect();
        expect.assert_eq(&found.join("\n"));
    }

    #[test]
    fn a_rule_finds_its_group_and_what_its_authors_allow_is_let_by() {
        let parts = |parts: &[&str]| parts.concat();
        let key = parts(&["AKIA", "QYLPMN5HFIQR7XYA"]);
        check(
            &format!("id = {key}"),
            expect_test::expect!["aws-access-token AKIAQYLPMN5HFIQR7XYA"],
        );
        // Amazon's own example.
        check(&parts(&["id = AKIA", "IOSFODNN7EXAMPLE"]), expect_test::expect![""]);
        check("api_key = ${API_KEY_OF_THE_SHOP}", expect_test::expect![""]);
        let line =
            parts(&["curl -H 'Authorization: Bea", "rer 7d3f9a1c5e8b2046af97' https://x.test"]);
        check(&line, expect_test::expect!["curl-auth-header 7d3f9a1c5e8b2046af97"]);
    }

    #[test]
    fn a_match_never_ends_inside_of_a_character() {
        let text = "api_key = \"é7d3f9a1c5e8b2046af97é\"; пароль secret: 'ä9Kq2vLm8R4tX7wé'";
        for it in find(text) {
            assert!(text.is_char_boundary(it.span.start as usize));
            assert!(text.is_char_boundary(it.span.end as usize));
        }
    }
}
