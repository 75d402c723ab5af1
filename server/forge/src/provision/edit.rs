//! Entries put into a YAML text that somebody wrote: nothing else in it changes.

use model::Span;
use text::yaml::{self, Node, Value};

/// A key with its value, to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) body: Body,
    /// Behind the key's line.
    pub(crate) comment: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    /// As YAML, on one line.
    Scalar(String),
    Map(Vec<Entry>),
}

impl Entry {
    /// `value` must be YAML as it stands.
    pub(crate) fn scalar(key: &str, value: &str) -> Self {
        Self { key: key.to_owned(), body: Body::Scalar(value.to_owned()), comment: None }
    }

    pub(crate) fn map(key: &str, entries: Vec<Self>) -> Self {
        if entries.is_empty() {
            return Self::scalar(key, "{}");
        }
        Self { key: key.to_owned(), body: Body::Map(entries), comment: None }
    }

    pub(crate) fn with(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// Lines without a break behind the last, `indent` blanks deep.
    pub(crate) fn lines(&self, indent: usize, out: &mut Vec<String>) {
        let blanks = " ".repeat(indent);
        let comment = self.comment.as_ref().map(|it| format!("  # {it}")).unwrap_or_default();
        let key = key_text(&self.key);
        match &self.body {
            Body::Scalar(value) => out.push(format!("{blanks}{key}: {value}{comment}")),
            Body::Map(entries) => {
                out.push(format!("{blanks}{key}:{comment}"));
                entries.iter().for_each(|it| it.lines(indent + 2, out));
            }
        }
    }

    /// `key: {a: b}`, without comments.
    fn flow(&self) -> String {
        let key = key_text(&self.key);
        match &self.body {
            Body::Scalar(value) => format!("{key}: {value}"),
            Body::Map(entries) => {
                let inner: Vec<String> = entries.iter().map(Self::flow).collect();
                format!("{key}: {{{}}}", inner.join(", "))
            }
        }
    }
}

/// A key as YAML: in quotes unless it is a plain word.
fn key_text(key: &str) -> String {
    let is_plain = key.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && key.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.'))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&key.to_ascii_lowercase().as_str());
    if is_plain { key.to_owned() } else { yaml::scalar::in_quotes(key) }
}

/// The edits that put `entries` at the end of `node`, the value of the key at `key` (`None` for the
/// whole file).
pub(crate) fn add(
    text: &str,
    key: Option<Span>,
    node: &Node<'_>,
    entries: &[Entry],
) -> Vec<(Span, String)> {
    match &node.value {
        Value::Map(pairs) if text[node.span.range()].starts_with('{') => {
            let flow: Vec<String> = entries.iter().map(Entry::flow).collect();
            let is_lined = text[node.span.range()].contains('\n');
            if pairs.is_empty()
                && !is_lined
                && let Some(key) = key
            {
                return instead_of_nothing(text, key, node.span, entries);
            }
            let close = node.span.range().end - 1;
            let inner = text[..close].trim_end();
            let glue = if pairs.is_empty() || inner.ends_with(',') { " " } else { ", " };
            let glue = if pairs.is_empty() { "" } else { glue };
            vec![(Span::at(inner.len()), format!("{glue}{}", flow.join(", ")))]
        }
        Value::Map(pairs) if !pairs.is_empty() => {
            let last = pairs.last().expect("it is not empty");
            let body = text[..last.span.range().end].trim_end().len();
            let indent = column(text, pairs[0].key.span.range().start);
            vec![(Span::at(line_end(text, body)), below(entries, indent))]
        }
        _ => {
            let Some(key) = key else { return at_the_end(text, entries) };
            let indent = column(text, key.range().start) + 2;
            vec![(Span::at(line_end(text, key.range().end)), below(entries, indent))]
        }
    }
}

/// `{}` becomes a mapping below the key.
fn instead_of_nothing(
    text: &str,
    key: Span,
    braces: Span,
    entries: &[Entry],
) -> Vec<(Span, String)> {
    let indent = column(text, key.range().start) + 2;
    let before = text[..braces.range().start].trim_end().len();
    let gone = (Span::new(before, braces.range().end), String::new());
    vec![gone, (Span::at(line_end(text, braces.range().end)), below(entries, indent))]
}

fn below(entries: &[Entry], indent: usize) -> String {
    let mut lines = Vec::new();
    entries.iter().for_each(|it| it.lines(indent, &mut lines));
    lines.iter().map(|it| format!("\n{it}")).collect()
}

fn at_the_end(text: &str, entries: &[Entry]) -> Vec<(Span, String)> {
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let body = below(entries, 0);
    let body = body.strip_prefix('\n').unwrap_or(&body);
    vec![(Span::at(text.len()), format!("{gap}{body}\n"))]
}

/// How far from the start of its line `offset` is.
fn column(text: &str, offset: usize) -> usize {
    offset - text[..offset].rfind('\n').map_or(0, |it| it + 1)
}

/// The end of the line of `offset`, behind a comment on it.
fn line_end(text: &str, offset: usize) -> usize {
    let end = text[offset..].find('\n').map_or(text.len(), |it| offset + it);
    text[..end].trim_end_matches('\r').len().max(offset)
}

/// The edits that put `entry` into the mapping at `path`, made where it is missing.
pub(crate) fn add_at(text: &str, path: &[&str], entry: Entry) -> Vec<(Span, String)> {
    let documents = yaml::read(text);
    let Some(root) = documents.roots.first() else {
        let nested = path.iter().rev().fold(entry, |it, key| Entry::map(key, vec![it]));
        return at_the_end(text, &[nested]);
    };
    let (mut node, mut key) = (root, None);
    for (depth, step) in path.iter().enumerate() {
        let Value::Map(pairs) = &node.value else {
            let nested =
                path[depth..].iter().rev().fold(entry, |it, key| Entry::map(key, vec![it]));
            return add(text, key, node, &[nested]);
        };
        let found = pairs
            .iter()
            .find(|it| matches!(&it.key.value, Value::Scalar(key) if key.text == *step));
        match found {
            Some(pair) => (node, key) = (&pair.value, Some(pair.key.span)),
            None => {
                let nested =
                    path[depth..].iter().rev().fold(entry, |it, key| Entry::map(key, vec![it]));
                return add(text, key, node, &[nested]);
            }
        }
    }
    add(text, key, node, &[entry])
}

/// The text after edits, which may be in any order and do not overlap.
pub(crate) fn applied(text: &str, mut edits: Vec<(Span, String)>) -> String {
    edits.sort_by_key(|it| it.0);
    let mut out = text.to_owned();
    for (span, new) in edits.into_iter().rev() {
        out.replace_range(span.range(), &new);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, path: &[&str], expect: Expect) {
        let entry = Entry::map("new", vec![Entry::scalar("a", "1").with("why")]).with("PRD.md:1");
        let after = applied(text, add_at(text, path, entry));
        assert!(yaml::read(&after).faults.is_empty(), "{after}");
        expect.assert_eq(&after);
    }

    #[test]
    fn an_entry_joins_a_block_behind_its_comments() {
        check(
            "# head\nstorage:\n    # mine\n    old: {visibility: private}  # kept\n\nauth: {}\n",
            &["storage"],
            expect![[r#"
                # head
                storage:
                    # mine
                    old: {visibility: private}  # kept
                    new:  # PRD.md:1
                      a: 1  # why

                auth: {}
            "#]],
        );
    }

    #[test]
    fn an_entry_opens_what_was_empty_or_missing() {
        check(
            "storage:\n",
            &["storage"],
            expect![[r#"
            storage:
              new:  # PRD.md:1
                a: 1  # why
        "#]],
        );
        check(
            "storage: {}  # none yet\n",
            &["storage"],
            expect![[r#"
            storage:  # none yet
              new:  # PRD.md:1
                a: 1  # why
        "#]],
        );
        check(
            "auth: {}",
            &["storage"],
            expect![[r#"
            auth: {}
            storage:
              new:  # PRD.md:1
                a: 1  # why"#]],
        );
        check(
            "",
            &["storage"],
            expect![[r#"
            storage:
              new:  # PRD.md:1
                a: 1  # why
        "#]],
        );
        check(
            "# only a comment",
            &["auth", "providers"],
            expect![[r#"
            # only a comment
            auth:
              providers:
                new:  # PRD.md:1
                  a: 1  # why
        "#]],
        );
    }

    #[test]
    fn an_entry_joins_a_mapping_in_braces() {
        check(
            "storage: {old: {visibility: private}}\n",
            &["storage"],
            expect![[r#"
            storage: {old: {visibility: private}, new: {a: 1}}
        "#]],
        );
    }
}
