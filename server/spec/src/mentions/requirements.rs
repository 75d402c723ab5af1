//! Ids of requirements: where they are defined and where they are named.
//!
//! Three shapes are read: lettered (`FR-001`, `REQ-AUTH-2.1`), task numbers (`T001`), and numbers
//! under `Requirement N` headings whose criteria are `N.1`, `N.2` … (Kiro). A lettered id counts
//! when the spec defines it or defines a sibling with the same letters, so that `UTF-8` is none.

use crate::document::Document;
use crate::pattern::{compile, compile_code};
use model::{DocumentId, Span};
use regex::Regex;
use rustc_hash::FxHashSet;
use std::sync::LazyLock;
use text::markdown::{Block, BlockKind};

/// One place that defines or names a requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementMention {
    pub document: DocumentId,
    /// The id itself, without marks or punctuation.
    pub span: Span,
    /// `FR-001`, `T001`, or `1.2` for a numbered one.
    pub id: String,
    /// What follows the id where it is defined: its title or sentence.
    pub defines: Option<Span>,
}

/// What a definition says: its text without marks around the id.
#[must_use]
pub fn title<'a>(document: &'a Document, mention: &RequirementMention) -> Option<&'a str> {
    let text = document.slice(mention.defines?);
    let marks = |it: char| it.is_whitespace() || "*_`]:：|.-–—".contains(it);
    text.trim_matches(marks).lines().next().map(str::trim_end)
}

/// All ids of a spec in order of document and place.
#[must_use]
pub fn mentions(documents: &[Document]) -> Vec<RequirementMention> {
    let mut out = Vec::new();
    for (number, document) in (0u32..).zip(documents) {
        Reader::default().read(document, DocumentId(number), &mut out);
    }
    let defined: FxHashSet<String> =
        out.iter().filter(|it| it.defines.is_some()).map(|it| prefix(&it.id).to_owned()).collect();
    out.retain(|it| defined.contains(prefix(&it.id)));
    out.sort_by_key(|it| (it.document, it.span, it.defines.is_none()));
    out.dedup_by(|a, b| a.document == b.document && a.span == b.span);
    out
}

static LETTERED: LazyLock<Regex> = LazyLock::new(|| {
    compile_code(
        r"\b(?:[A-Z][A-Z0-9]{0,9}(?:-[A-Z][A-Z0-9]{0,7}){0,2}-[0-9]{1,5}(?:\.[0-9]{1,3}){0,3}|T[0-9]{3,4})\b",
    )
});

/// `Requirement 3` in the languages that specs are written in.
static NUMBERED_HEADING: LazyLock<Regex> = LazyLock::new(|| {
    let words = "requirement|anforderung|exigence|requisito|требование|persyaratan|需求|要件|要求|요구\\s?사항";
    compile(&format!(r"(?i)^(?:{words})\s*([0-9]{{1,3}}(?:\.[0-9]{{1,3}})*)\b"))
});

/// `Requirements: 1.1, 2.3` below a task, and `Requirement 1.2` in a sentence.
static NUMBERED_LIST: LazyLock<Regex> = LazyLock::new(|| {
    let words = "requirements?|anforderung(?:en)?|exigences?|requisitos?|требовани[ея]|persyaratan|需求|要件|要求|요구\\s?사항";
    compile(&format!(
        r"(?i)(?:{words})\s*[:：]?\s*([0-9]{{1,3}}(?:\.[0-9]{{1,3}})*(?:\s*[,、，]\s*[0-9]{{1,3}}(?:\.[0-9]{{1,3}})*)*)"
    ))
});

/// Standards and formats that look like ids.
const NOT_IDS: &[&str] = &[
    "AES", "COVID", "ES", "GMT", "GPT", "HS", "HTTP", "IEC", "IEEE", "ISO", "MD", "MP", "RFC",
    "RS", "RSA", "SHA", "SOC", "TLS", "UTC", "UTF", "WCAG",
];

#[derive(Default)]
struct Reader {
    /// The number of the `Requirement N` heading above, with its level.
    number: Option<(u8, String)>,
    criteria: u32,
}

impl Reader {
    fn read(&mut self, document: &Document, id: DocumentId, out: &mut Vec<RequirementMention>) {
        for placed in &document.chunks {
            for block in &placed.chunk.blocks {
                match &block.kind {
                    BlockKind::FrontMatter | BlockKind::Comment | BlockKind::Fence { .. } => {}
                    BlockKind::Table { header, rows } => {
                        for cells in std::iter::once(header).chain(rows) {
                            for (column, cell) in cells.iter().enumerate() {
                                let span = cell.shift(placed.start);
                                let row_end = cells.last().map_or(*cell, |it| *it);
                                let rest = row_end.shift(placed.start).end;
                                lettered(document, id, span, (column == 0).then_some(rest), out);
                            }
                        }
                    }
                    _ => self.block(document, id, block, placed.start, out),
                }
            }
        }
    }

    fn block(
        &mut self,
        document: &Document,
        id: DocumentId,
        block: &Block,
        start: usize,
        out: &mut Vec<RequirementMention>,
    ) {
        let span = block.text.shift(start);
        lettered(document, id, span, Some(span.end), out);
        if let BlockKind::Heading { level, .. } = block.kind {
            self.heading(document, id, level, span, out);
            return;
        }
        if let (BlockKind::Item { number: Some(_), .. }, Some((_, number)), 1) =
            (&block.kind, &self.number, block.depth.max(1))
        {
            self.criteria += 1;
            out.push(RequirementMention {
                document: id,
                span: Span::at(span.range().start),
                id: format!("{number}.{}", self.criteria),
                defines: Some(span),
            });
        }
        for found in NUMBERED_LIST.captures_iter(document.slice(span)) {
            let Some(list) = found.get(1) else { continue };
            numbers(list.as_str(), list.start() + span.range().start, id, out);
        }
    }

    fn heading(
        &mut self,
        document: &Document,
        id: DocumentId,
        level: u8,
        span: Span,
        out: &mut Vec<RequirementMention>,
    ) {
        let title = document.slice(span);
        if let Some(number) = NUMBERED_HEADING.captures(title).and_then(|it| it.get(1)) {
            self.number = Some((level, number.as_str().to_owned()));
            self.criteria = 0;
            let base = span.range().start;
            out.push(RequirementMention {
                document: id,
                span: Span::new(number.start(), number.end()).shift(base),
                id: number.as_str().to_owned(),
                defines: Some(Span::new(base + number.end(), span.range().end)),
            });
        } else if self.number.as_ref().is_some_and(|(open, _)| level <= *open) {
            self.number = None;
        }
    }
}

fn lettered(
    document: &Document,
    id: DocumentId,
    span: Span,
    defines_up_to: Option<u32>,
    out: &mut Vec<RequirementMention>,
) {
    let text = document.slice(span);
    let base = span.range().start;
    for found in LETTERED.find_iter(text) {
        if NOT_IDS.contains(&prefix(found.as_str())) {
            continue;
        }
        let leads = text[..found.start()].chars().all(|it| "*_`[]# ".contains(it));
        let end = base + found.end();
        let defines = defines_up_to
            .filter(|_| leads && !text[found.end()..].starts_with("]("))
            .map(|rest| Span::new(end, (rest as usize).max(end)));
        out.push(RequirementMention {
            document: id,
            span: Span::new(base + found.start(), end),
            id: found.as_str().to_owned(),
            defines,
        });
    }
}

fn numbers(list: &str, base: usize, id: DocumentId, out: &mut Vec<RequirementMention>) {
    let mut at = 0;
    for part in list.split([',', '、', '，']) {
        let separator = list[at..].find(part).unwrap_or(0);
        let start = at + separator + (part.len() - part.trim_start().len());
        let number = part.trim();
        out.push(RequirementMention {
            document: id,
            span: Span::new(start, start + number.len()).shift(base),
            id: number.to_owned(),
            defines: None,
        });
        at += separator + part.len();
    }
}

/// The letters of an id; the same word for all numbered ones.
fn prefix(id: &str) -> &str {
    if id.starts_with(|it: char| it.is_ascii_digit()) {
        return "#";
    }
    match id.rsplit_once('-') {
        Some((letters, _)) => letters,
        None => id.trim_end_matches(|it: char| it.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        let documents = [Document::new(None, text.into())];
        let shown: Vec<String> = mentions(&documents)
            .iter()
            .map(|it| {
                let at = documents[0].lines.line(it.span.range().start) + 1;
                let defines = title(&documents[0], it).map(|it| format!(" defines {it:?}"));
                format!("{at}: {}{}", it.id, defines.unwrap_or_default())
            })
            .collect();
        expect.assert_eq(&shown.join("\n"));
    }

    #[test]
    fn lettered_ids_are_defined_where_they_lead() {
        check(
            "### FR-001 Login\n\n- **FR-002**: Users SHALL log in, see FR-001.\n- see FR-009 and UTF-8\n\n| ID | Text |\n|---|---|\n| NFR-1 | Fast |\n",
            expect![[r#"
                1: FR-001 defines "Login"
                3: FR-002 defines "Users SHALL log in, see FR-001"
                3: FR-001
                4: FR-009
                8: NFR-1 defines "Fast""#]],
        );
    }

    #[test]
    fn standards_are_not_requirements() {
        check("## ISO-27001 compliance\n\nUTF-8, SHA-256 and ISO-27001.\n", expect![[r#""#]]);
    }

    #[test]
    fn numbered_criteria_belong_to_their_heading() {
        check(
            "### Requirement 1: Login\n\n#### Acceptance Criteria\n\n1. WHEN a THEN b\n2. WHEN c THEN d\n\n### Requirement 2\n\n1. x\n\n- [ ] 1. Task\n  - _Requirements: 1.1, 2.1_\n",
            expect![[r#"
                1: 1 defines "Login"
                5: 1.1 defines "WHEN a THEN b"
                6: 1.2 defines "WHEN c THEN d"
                8: 2
                10: 2.1 defines "x"
                13: 1.1
                13: 2.1"#]],
        );
    }

    #[test]
    fn numbered_headings_are_read_in_other_languages() {
        check(
            "### 要件 1 ログイン\n\n1. 最初\n\n要件 1.1 を参照\n\n### Anforderung 2\n",
            expect![[r#"
                1: 1 defines "ログイン"
                5: 1.1
                7: 2"#]],
        );
    }
}
