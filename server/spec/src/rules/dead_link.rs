use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx};
use crate::pattern::compile;
use model::{DocumentId, FixEdit, Modality, Span};
use regex::Regex;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::OnceCell;
use std::sync::LazyLock;
use text::markdown::BlockKind;

declare_rule! {
    /// A link points at a section that does not exist.
    ///
    /// Anchors are made as GitHub and GitLab make them: lower case, punctuation dropped, blanks to
    /// hyphens, a number behind doubles; `<a id>` and `{#id}` count too. Links into other documents
    /// are checked when they belong to the same spec.
    ///
    /// ```md,bad
    /// See [the data model](#data-modell).
    ///
    /// ## Data model
    /// ```
    /// ```md,good
    /// See [the data model](#data-model).
    ///
    /// ## Data model
    /// ```
    pub(super) static RULE = {
        name: "dead-link",
        group: Structure,
        severity: Warning,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

static LINK: LazyLock<Regex> =
    LazyLock::new(|| compile(r"\]\(<?([^()\s<>#]*)#([^()\s<>]+)>?(?:\s+[^()]*)?\)"));
static ANCHOR: LazyLock<Regex> = LazyLock::new(|| {
    compile(r#"(?i)<[a-z][a-z0-9]*\s[^>]*?\b(?:id|name)\s*=\s*["']?([^"'\s>]+)|\{#([\w-]+)\}"#)
});

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    for block in &cx.chunk.chunk.blocks {
        if let BlockKind::Heading { .. } = block.kind {
            let title = text::inline::plain(cx.slice(block.text)).text;
            notes.take("heading", block.text, Modality::InScope, slug(&title), "");
        }
        if matches!(block.kind, BlockKind::Fence { .. } | BlockKind::FrontMatter) {
            continue;
        }
        let source = cx.slice(block.span);
        let start = block.span.range().start;
        if ["id=", "name=", "{#", "ID="].iter().any(|it| source.contains(it)) {
            for found in ANCHOR.captures_iter(source) {
                let id = found.get(1).or(found.get(2)).expect("one side of the choice matched");
                notes.take("anchor", Span::at(start), Modality::InScope, normal(id.as_str()), "");
            }
        }
        let inside = match block.kind {
            BlockKind::Heading { .. } | BlockKind::Paragraph | BlockKind::Item { .. } => block.text,
            BlockKind::Table { .. } => block.span,
            _ => continue,
        };
        let source = cx.slice(inside);
        if !source.contains("](") || !source.contains('#') {
            continue;
        }
        for found in LINK.captures_iter(source) {
            let target = found.get(2).expect("the group always takes part");
            let in_code = source[..target.start()].matches('`').count() % 2 == 1;
            let path = &found[1];
            if in_code || path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            let start = inside.range().start;
            let span = Span::new(start + target.start(), start + target.end());
            notes.take("link", span, Modality::InScope, normal(target.as_str()), path);
        }
    }
}

fn join(cx: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    let links: Vec<&PlacedNote<'_>> = notes.iter().filter(|it| it.note.kind == "link").collect();
    if links.is_empty() {
        return;
    }
    let anchors = Anchors::new(notes);
    for link in links {
        let Some(document) = target(cx, link) else { continue };
        let key = link.note.key.as_str();
        if anchors.has(document, key, notes) {
            continue;
        }
        let written = cx.documents[link.document.0 as usize].slice(link.span);
        let message = format!("no section has the anchor `#{written}`");
        let report = sink.report(link.document, link.span, message);
        let near = anchors.of(document).map(|it| (distance(it, key), it)).min();
        if let Some((_, anchor)) = near.filter(|(distance, _)| distance * 4 <= key.len()) {
            let text = anchor.to_owned();
            let edit = FixEdit { document: link.document, span: link.span, text };
            report.fix(format!("Link to `#{anchor}`"), vec![edit], false);
        }
    }
}

/// The anchors of all documents, with how many headings share each.
struct Anchors<'a> {
    exact: FxHashMap<(DocumentId, &'a str), usize>,
    /// Letters and digits alone; made when an exact anchor is missed.
    loose: OnceCell<FxHashSet<(DocumentId, String)>>,
}

impl<'a> Anchors<'a> {
    fn new(notes: &[PlacedNote<'a>]) -> Self {
        let mut exact = FxHashMap::default();
        for it in notes.iter().filter(|it| it.note.kind != "link") {
            *exact.entry((it.document, it.note.key.as_str())).or_insert(0) += 1;
        }
        Self { exact, loose: OnceCell::new() }
    }

    fn of(&self, document: DocumentId) -> impl Iterator<Item = &'a str> {
        self.exact.keys().filter(move |(it, _)| *it == document).map(|(_, key)| *key)
    }

    fn has(&self, document: DocumentId, key: &str, notes: &[PlacedNote<'_>]) -> bool {
        // `goals-1` is the second of two headings `Goals`.
        let numbered = key.rsplit_once('-').is_some_and(|(head, number)| {
            let n = number.parse::<usize>().unwrap_or(usize::MAX);
            self.exact.get(&(document, head)).is_some_and(|count| (1..*count).contains(&n))
        });
        numbered || self.exact.contains_key(&(document, key)) || {
            let loosely = self.loose.get_or_init(|| {
                let anchors = notes.iter().filter(|it| it.note.kind != "link");
                anchors.map(|it| (it.document, loose(&it.note.key))).collect()
            });
            loosely.contains(&(document, loose(key)))
        }
    }
}

/// The document a link leads to; `None` when it is not part of the spec.
fn target(cx: &SpecCx<'_>, link: &PlacedNote<'_>) -> Option<DocumentId> {
    let path = link.note.value.trim_start_matches("./");
    if path.is_empty() {
        return Some(link.document);
    }
    let from = cx.documents.get(link.document.0 as usize)?.path.as_ref()?;
    let folder = from.parent().map_or_else(String::new, |it| format!("{it}/"));
    let path = model::RelPath::new(&format!("{folder}{path}"))?;
    let at = cx.documents.iter().position(|it| it.path.as_ref() == Some(&path))?;
    u32::try_from(at).ok().map(DocumentId)
}

/// GitHub's anchor of a title.
fn slug(title: &str) -> String {
    let mut out = String::with_capacity(title.len());
    for c in title.trim().chars() {
        match c {
            ' ' => out.push('-'),
            '-' | '_' => out.push(c),
            _ if c.is_alphanumeric() || is_mark(c) => out.extend(c.to_lowercase()),
            _ => {}
        }
    }
    out
}

/// Vowel signs and accents that stand as characters of their own.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// An anchor as written in a link: percent signs decoded, lower case.
fn normal(anchor: &str) -> String {
    let mut bytes = Vec::with_capacity(anchor.len());
    let mut rest = anchor.as_bytes();
    while let [first, tail @ ..] = rest {
        let pair = tail.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        match pair.and_then(|it| u8::from_str_radix(it, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).to_lowercase()
}

/// Letters and digits alone: other renderers differ in hyphens and dots.
fn loose(anchor: &str) -> String {
    anchor.chars().filter(|it| it.is_alphanumeric()).collect()
}

fn distance(a: &str, b: &str) -> usize {
    super::unknown_allow::distance(a, b)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&testing::render(text, &["dead-link"]));
    }

    #[test]
    fn anchors_of_many_kinds_are_known() {
        check(
            "[a](#1-overview) [b](#1-übersicht-und-ziele) [c](#データ設計) [d](#x) [e](#goals-1) [f](#-goals)\n\n\
             ## 1. Overview\n\n## 1. Übersicht und Ziele\n\n## データ設計\n\n<a id=\"x\"></a>\n\n## 🎯 Goals\n\n## Goals\n\n## Goals\n",
            expect![""],
        );
    }

    #[test]
    fn a_dead_one_is_told_with_its_neighbour() {
        check(
            "[a](#goal) and [b](#nowhere) and `[c](#code)`\n\n## Goals\n",
            expect![[r#"
            1: warning[dead-link] "goal" no section has the anchor `#goal`
              fix: Link to `#goals`
                1 "goal" -> "goals"
            1: warning[dead-link] "nowhere" no section has the anchor `#nowhere`
        "#]],
        );
    }
}
