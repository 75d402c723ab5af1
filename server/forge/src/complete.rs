//! Completion and hovers of `forge.yaml`, drawn from the schema and from what is declared.

use crate::read::{Around, Declared};
use crate::schedule;
use crate::schema::{self, Kind};
use model::Span;

/// What can stand at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub label: String,
    /// What is written for it.
    pub insert: String,
    pub docs: String,
    /// A key, in contrast to a value.
    pub is_key: bool,
}

/// Candidates, and what they replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    pub replace: Span,
    pub candidates: Vec<Candidate>,
}

/// Names that go well below a key with free names.
const NAMES: &[(&str, &[&str])] = &[
    (
        "auth/providers",
        &[
            "google",
            "github",
            "apple",
            "microsoft",
            "gitlab",
            "discord",
            "slack",
            "magic-link",
            "email-password",
            "passkey",
            "totp",
            "phone-otp",
            "saml",
        ],
    ),
    ("payments", &["stripe", "paddle", "lemon-squeezy", "razorpay", "paypal", "mollie"]),
    ("gateway/providers", &["anthropic", "openai", "google", "mistral", "groq", "ollama"]),
    ("deploy", &["fly", "railway", "render", "vercel", "cloudflare", "local"]),
];

/// What can stand at `offset`; read from the lines, since a text under the cursor is seldom YAML.
#[must_use]
pub fn complete(text: &str, offset: usize, declared: &Declared, around: Around<'_>) -> Completion {
    let line = Line::at(text, offset);
    let nothing = Completion { replace: Span::at(offset), candidates: Vec::new() };
    if line.is_comment {
        return nothing;
    }
    let mut path = parents(text, line.start, line.indent);
    match line.key {
        None => {
            let replace = Span::new(offset - line.word.len(), offset);
            let Some(at) = schema::at(&path) else { return nothing };
            Completion { replace, candidates: keys(&path, at, declared) }
        }
        Some(key) => {
            path.push(key.to_owned());
            let replace = Span::new(offset - line.word.len(), offset);
            let Some(at) = schema::at(&path) else { return nothing };
            Completion { replace, candidates: values(at, text, around) }
        }
    }
}

/// What stands before the cursor on its line.
struct Line<'t> {
    start: usize,
    indent: usize,
    key: Option<&'t str>,
    /// The word under the cursor, up to it.
    word: &'t str,
    is_comment: bool,
}

impl<'t> Line<'t> {
    fn at(text: &'t str, offset: usize) -> Self {
        let start = text[..offset].rfind('\n').map_or(0, |it| it + 1);
        let before = &text[start..offset];
        let body = before.trim_start_matches(' ');
        let indent = before.len() - body.len();
        let is_comment = body.starts_with('#') || body.contains(" #");
        let is_item = body.starts_with("- ");
        let (key, value) = match body.split_once(':') {
            Some((key, value)) if value.is_empty() || value.starts_with(' ') => {
                (Some(key.trim()), value)
            }
            _ => (None, body),
        };
        let from = value.rfind([' ', '[', ',']).map_or(0, |it| it + 1);
        // An item of a list belongs to the key above.
        let indent = if is_item { indent.saturating_sub(1) } else { indent };
        Self { start, indent, key, word: &value[from..], is_comment }
    }
}

/// The keys that the line at `start`, `indent` deep, stands below.
fn parents(text: &str, start: usize, indent: usize) -> Vec<String> {
    let mut out = Vec::new();
    let mut depth = indent;
    for line in text[..start].lines().rev() {
        let body = line.trim_start_matches(' ');
        let own = line.len() - body.len();
        if body.is_empty() || body.starts_with(['#', '-']) || own >= depth {
            continue;
        }
        let Some((key, _)) = body.split_once(':') else { continue };
        out.push(key.trim().trim_matches(['"', '\'']).to_owned());
        depth = own;
        if own == 0 {
            break;
        }
    }
    out.reverse();
    out
}

fn keys(
    path: &[String],
    schema: &'static serde_json::Value,
    declared: &Declared,
) -> Vec<Candidate> {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let is_there = |key: &str| {
        let full: Vec<&str> = parts.iter().copied().chain([key]).collect();
        declared.places.of(&full).is_some()
    };
    match schema::kind(schema) {
        Kind::Object(properties, required) => {
            let free = properties.iter().filter(|it| !is_there(it.0));
            let mut out: Vec<Candidate> = free
                .map(|(key, it)| Candidate {
                    label: key.clone(),
                    insert: format!("{key}: "),
                    docs: schema::docs(it).to_owned(),
                    is_key: true,
                })
                .collect();
            out.sort_by_key(|it| !required.contains(&it.label.as_str()));
            out
        }
        Kind::Map(_) => {
            let names = NAMES.iter().find(|it| it.0 == parts.join("/")).map_or(&[][..], |it| it.1);
            let free = names.iter().filter(|it| !is_there(it));
            free.map(|it| Candidate {
                label: (*it).to_owned(),
                insert: format!("{it}:"),
                docs: String::new(),
                is_key: true,
            })
            .collect()
        }
        _ => Vec::new(),
    }
}

fn values(schema: &'static serde_json::Value, text: &str, around: Around<'_>) -> Vec<Candidate> {
    let plain = |label: &str, docs: &str| Candidate {
        label: label.to_owned(),
        insert: label.to_owned(),
        docs: docs.to_owned(),
        is_key: false,
    };
    if schema["x-zone"] == true {
        return schedule::zones().iter().map(|it| plain(it, "")).collect();
    }
    if let Some(reference) = schema::reference(schema) {
        let names = declared_names(reference, text, around);
        return names.iter().map(|it| plain(it, "")).collect();
    }
    match schema::kind(schema) {
        Kind::Word(words) => words.iter().map(|(word, docs)| plain(word, docs)).collect(),
        Kind::Bool => vec![plain("true", ""), plain("false", "")],
        Kind::Text(_, examples) => examples.iter().map(|it| plain(it, "")).collect(),
        Kind::List(items) => values(items, text, around),
        _ => Vec::new(),
    }
}

fn declared_names(reference: &str, text: &str, around: Around<'_>) -> Vec<String> {
    match reference {
        "targets" => {
            names_in(text, "functions").iter().map(|it| format!("functions/{it}")).collect()
        }
        "tables" => {
            let tables = around.schema.map(|it| it.tables.as_slice()).unwrap_or_default();
            tables.iter().map(|it| it.name.clone()).collect()
        }
        section => names_in(text, section),
    }
}

/// The names below a section, read from the lines: the text under the cursor is seldom YAML.
fn names_in(text: &str, section: &str) -> Vec<String> {
    let mut lines = text
        .lines()
        .skip_while(|it| it.strip_prefix(section).is_none_or(|it| !it.starts_with(':')));
    lines.next();
    let mut out = Vec::new();
    let mut depth = None;
    for line in lines {
        let body = line.trim_start_matches(' ');
        let indent = line.len() - body.len();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        if indent == 0 {
            break;
        }
        if indent == *depth.get_or_insert(indent)
            && let Some((key, _)) = body.split_once(':')
        {
            out.push(key.trim_matches(['"', '\'']).to_owned());
        }
    }
    out
}

/// What is known of the part at `offset`, in Markdown, and where it stands.
#[must_use]
pub fn hover(offset: usize, declared: &Declared, around: Around<'_>) -> Option<(Span, String)> {
    let (path, place) = declared.places.at(offset)?;
    let schema = schema::at(path)?;
    let title = path.join(".");
    let mut out = format!("**{title}**\n\n{}", schema::docs(schema));
    if let Kind::Word(words) = schema::kind(schema) {
        for (word, docs) in words {
            let space = if docs.is_empty() { "" } else { ": " };
            out += &format!("\n- `{word}`{space}{docs}");
        }
    }
    if let [section, name, ..] = path.as_slice()
        && section == "schedules"
        && let Some(it) = declared.resources.schedules.get(name)
    {
        out += &format!("\n\n{}", times(&it.cron, it.zone.as_deref(), around.now));
    }
    let span = if place.key.touches(offset) { place.key } else { place.value };
    Some((span, out))
}

/// What a cron says in words, and when it runs next.
#[must_use]
pub fn times(cron: &str, zone: Option<&str>, now: model::Timestamp) -> String {
    let words = spec::cron::words(cron).map(|it| format!("Runs {it}.\n\n")).unwrap_or_default();
    match schedule::next(cron, zone, now, schedule::SHOWN) {
        Ok(next) if next.is_empty() => format!("{words}It never runs again."),
        Ok(next) => format!(
            "{words}Next: {} ({})",
            schedule::shown(&next),
            zone.unwrap_or("UTC, as no zone is named")
        ),
        Err(why) => format!("{words}It never runs: {why}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read;
    use expect_test::{Expect, expect};

    const AROUND: Around<'static> = Around { schema: None, now: model::Timestamp(981_173_106_000) };

    /// The labels at `$0`.
    fn check(text: &str, expect: Expect) {
        let offset = text.find("$0").expect("a cursor");
        let text = text.replacen("$0", "", 1);
        let found = complete(&text, offset, &read(&text), AROUND);
        let labels: Vec<&str> = found.candidates.iter().map(|it| it.label.as_str()).collect();
        expect.assert_eq(&labels.join(" "));
    }

    #[test]
    fn keys_and_values_come_from_the_schema() {
        check("storage:\n  avatars:\n    $0\n", expect!["visibility size types policy signed_for"]);
        check("storage:\n  avatars:\n    visibility: p$0\n", expect!["private public"]);
        check(
            "functions:\n  digest: {}\nschedules:\n  x:\n    target: $0\n",
            expect!["functions/digest"],
        );
        check("secrets:\n  A: {}\nfunctions:\n  f:\n    secrets: [$0", expect!["A"]);
        check(
            "auth:
  providers:
    $0
",
            expect![
                "google github apple microsoft gitlab discord slack magic-link email-password passkey totp phone-otp saml"
            ],
        );
        check("# au$0\n", expect![""]);
    }

    #[test]
    fn a_hover_tells_what_a_part_is_and_when_it_runs() {
        let text = "schedules:\n  digest:\n    cron: 0 8 * * 1\n    zone: Europe/Berlin\n    target: events/digest\n";
        let offset = text.find("0 8").expect("the cron");
        let (span, card) = hover(offset, &read(text), AROUND).expect("a hover");
        assert_eq!(&text[span.range()], "0 8 * * 1");
        expect![[r#"
            **schedules.digest.cron**

            When it runs, in five fields (minute, hour, day of the month, month, day of the week), or
            six with seconds first.

            Runs at 08:00, on Monday.

            Next: Mon 2001-02-05 08:00, Mon 2001-02-12 08:00, Mon 2001-02-19 08:00 (Europe/Berlin)"#]].assert_eq(&card);
    }
}
