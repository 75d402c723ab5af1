//! The requirements of a spec: what is numbered or titled as one, and its acceptance criteria.
//!
//! Knows headings (`### FR-001: …`, `### Requirement 1`, `### User Story 2 - …`), items
//! (`- **FR-001**: …`) and table rows whose first cell is an id, in nine languages. What a
//! requirement means for the backend is read elsewhere.

mod ears;

pub(crate) use crate::requirements::ears::{Ears, Keyword, Sentence};

use crate::analysis::{Analysis, PlacedFacts};
use crate::pattern::compile;
use crate::read::ChunkCx;
use crate::scope::Role;
use model::{DocumentId, Span};
use regex::Regex;
use std::sync::LazyLock;
use text::inline;
use text::markdown::BlockKind;

/// How a requirement stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    Heading,
    Item,
    Row,
}

/// One requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// As written, such as `FR-001` or `Requirement 1`; `None` for a titled one without number.
    pub id: Option<String>,
    /// The id in the document; the title where there is none.
    pub id_span: Span,
    /// What it asks, without id and Markdown.
    pub text: String,
    /// The line that states it.
    pub span: Span,
    /// All of it: for a heading up to the next of its level, with criteria.
    pub full_span: Span,
    pub shape: Shape,
    /// Level of the heading; 0 for items and rows.
    pub level: u8,
    /// Where the acceptance criteria start: labels, scenarios, EARS sentences.
    pub criteria: Vec<Span>,
    /// Under a heading that only refers to requirements: roadmap, tests, traceability.
    pub refers: bool,
}

/// What a chunk tells of requirements; spans count from its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Ends every requirement of this level or deeper.
    Heading {
        level: u8,
        span: Span,
    },
    Requirement(Requirement),
    Criteria(Span),
    /// A sentence in EARS, complete enough to show that the file uses it.
    Ears(Span),
    /// A sentence that says how a system reacts, EARS or Gherkin.
    Scenario(Span),
}

static ID: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^[\[(]?(?P<id>(?P<prefix>[A-Z]{1,8}(?:[-_][A-Z]{1,8}){0,2})[-_ ]?(?P<number>\d{1,4}(?:[.-]\d{1,3}){0,3}[a-z]?))[\])]?(?P<sep>\s*(?:[:：.)—–|-]|$)\s*|\s+)",
    )
});
static TITLED: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)^(?:\d+(?:\.\d+)*\.?\s+)?(?P<id>(?:functional |non-functional )?(?:requirement|user story|story|use case|feature|anforderung|user-story|anwendungsfall|exigence|cas d['’]utilisation|récit utilisateur|requisito|historia de usuario|caso de uso|história de usuário|требование|пользовательская история|persyaratan|kebutuhan|需求|用户故事|要求|要件|ユーザーストーリー|요구사항|요구 사항|사용자 스토리)(?:\s*(?P<number>\d+(?:[.-]\d+)*))?)(?P<sep>\s*(?:[:：.—–-]|$)\s*|\s+)",
    )
});
static CRITERIA: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)^(?:\d+(?:\.\d+)*\.?\s+)?(?:acceptance criteri(?:a|on)|acceptance scenarios?|acceptance tests?|success criteria|definition of done|scenarios?\b|abnahmekriteri|akzeptanzkriteri|critères? d['’]acceptation|criterios? de aceptación|critérios? de (?:aceitação|aceite)|критери[ий] при[её]мки|kriteria penerimaan|验收(?:标准|条件)|受け?入れ?(?:基準|条件)|인수 ?(?:조건|기준)|수용 ?(?:조건|기준)|AC\s*[:：]|AC-?\d)",
    )
});

/// Words that look like an id with a number and are none.
const NOT_PREFIXES: &[&str] = &[
    "GPT", "UTF", "SHA", "AES", "ISO", "RFC", "HTTP", "TLS", "SSL", "WCAG", "MD", "RS", "ES", "HS",
    "EC", "S", "B", "C", "D", "H", "V", "P", "Q", "MP", "COVID", "IPV", "OAUTH", "CO", "WEB",
    "RSA", "PHASE", "STEP", "WEEK", "DAY", "SPRINT", "Q", "IE", "USB", "PCI", "IEEE", "SOC",
    "CLAUDE", "UUID", "DIN", "EN", "A", "X", "AC", "SQL", "BASE", "CRC", "PDF", "VIEW", "LLAMA",
    "ARTICLE", "ART",
];

/// Reads what a chunk tells of requirements.
pub(crate) fn read(cx: &ChunkCx<'_>) -> Vec<Part> {
    let mut out = Vec::new();
    for (block, scoped) in cx.blocks() {
        let scope = &scoped.scope;
        let refers = [Role::Roadmap, Role::Testing, Role::Risk, Role::Metrics]
            .iter()
            .any(|it| scope.is_under(*it));
        match &block.kind {
            BlockKind::Heading { level, .. } => {
                out.push(Part::Heading { level: *level, span: block.span });
                let found = requirement(cx, block.text, Shape::Heading, refers);
                if let Some(mut it) = found {
                    it.level = *level;
                    out.push(Part::Requirement(it));
                } else {
                    criteria(cx, block.text, &mut out);
                }
            }
            BlockKind::Item { .. } => {
                let before = out.len();
                if !block.quoted
                    && let Some(it) = requirement(cx, block.text, Shape::Item, refers)
                {
                    out.push(Part::Requirement(Requirement { full_span: block.span, ..it }));
                }
                if out.len() == before {
                    criteria(cx, block.text, &mut out);
                }
                sentences(cx, block.text, &mut out);
            }
            BlockKind::Paragraph => {
                criteria(cx, block.text, &mut out);
                sentences(cx, block.text, &mut out);
            }
            BlockKind::Table { rows, .. } => {
                for row in rows {
                    if let [first, rest @ ..] = row.as_slice()
                        && let Some(it) = row_requirement(cx, *first, rest, refers)
                    {
                        out.push(Part::Requirement(it));
                    }
                    for cell in row {
                        sentences(cx, *cell, &mut out);
                    }
                }
            }
            BlockKind::Fence { lang } if lang == "gherkin" || lang == "feature" => {
                out.push(Part::Scenario(block.span));
            }
            _ => {}
        }
    }
    out
}

/// All requirements of one document, in reading order.
#[must_use]
pub fn requirements(analysis: &Analysis, document: DocumentId) -> Vec<Requirement> {
    analysis.facts.get(document.0 as usize).map_or_else(Vec::new, |it| join(it))
}

/// Whether a document states requirements in EARS, so that its grammar can be held against it.
#[must_use]
pub fn uses_ears(facts: &[PlacedFacts]) -> bool {
    /// One sentence may be a coincidence.
    const SENTENCES_MIN: usize = 3;
    let parts = facts.iter().flat_map(|it| &it.facts.requirements);
    parts.filter(|it| matches!(it, Part::Ears(_))).take(SENTENCES_MIN).count() == SENTENCES_MIN
}

fn join(facts: &[PlacedFacts]) -> Vec<Requirement> {
    let mut out: Vec<Requirement> = Vec::new();
    // Headings that are open, innermost last.
    let mut open: Vec<usize> = Vec::new();
    let mut end = 0;
    for placed in facts {
        for part in &placed.facts.requirements {
            match part {
                Part::Heading { level, span } => {
                    let start = span.range().start + placed.start;
                    close(&mut out, &mut open, *level, start);
                }
                Part::Requirement(it) => {
                    if it.shape == Shape::Heading {
                        open.push(out.len());
                    }
                    out.push(placed_at(it, placed.start));
                }
                Part::Criteria(span) | Part::Ears(span) | Part::Scenario(span) => {
                    let span = span.shift(placed.start);
                    let item = out.last_mut().filter(|it| it.full_span.contains(span));
                    if let Some(item) = item.filter(|it| it.shape != Shape::Heading) {
                        item.criteria.push(span);
                    }
                    for at in &open {
                        out[*at].criteria.push(span);
                    }
                }
            }
        }
        end = placed.start + placed.facts.chunk.text.len();
    }
    close(&mut out, &mut open, 0, end);
    out
}

/// Ends the open requirements that a heading of `level` ends.
fn close(out: &mut [Requirement], open: &mut Vec<usize>, level: u8, end: usize) {
    open.retain(|at| {
        let it = &mut out[*at];
        let stays = it.level < level;
        if !stays {
            it.full_span = Span::new(it.full_span.range().start, end);
        }
        stays
    });
}

fn placed_at(it: &Requirement, start: usize) -> Requirement {
    let mut it = it.clone();
    for span in [&mut it.id_span, &mut it.span, &mut it.full_span] {
        *span = span.shift(start);
    }
    it
}

fn requirement(cx: &ChunkCx<'_>, span: Span, shape: Shape, refers: bool) -> Option<Requirement> {
    let source = cx.chunk.slice(span);
    let plain = inline::plain(source);
    let text = plain.text.as_str();
    if let Some(found) = ID.captures(text) {
        let id = found.name("id").expect("the group always takes part");
        let sep = &found["sep"];
        let joined = id.as_str().contains(['-', '_']) || id.as_str().contains('.');
        let marked = !sep.trim().is_empty();
        let known = is_requirement_prefix(&found["prefix"]);
        if !is_excluded(&found["prefix"]) && ((joined && marked) || (known && (joined || marked))) {
            return Some(Requirement {
                id: Some(id.as_str().to_owned()),
                id_span: plain.source(id.start(), id.end()).shift(span.range().start),
                text: text[found.get(0).expect("group 0 is the match").end()..].trim().to_owned(),
                span,
                full_span: span,
                shape,
                level: 0,
                criteria: Vec::new(),
                refers,
            });
        }
    }
    if shape != Shape::Heading {
        return None;
    }
    let found = TITLED.captures(text)?;
    let number = found.name("number").is_some();
    let sep = found["sep"].trim();
    // `Requirement: Name` of OpenSpec counts, `Features` and `Requirements overview` do not.
    if !number && !matches!(sep, ":" | "：") {
        return None;
    }
    let id = found.name("id").expect("the group always takes part");
    let id_span = plain.source(id.start(), id.end()).shift(span.range().start);
    Some(Requirement {
        id: number.then(|| id.as_str().to_owned()),
        id_span: if number { id_span } else { span },
        text: text[found.get(0).expect("group 0 is the match").end()..].trim().to_owned(),
        span,
        full_span: span,
        shape,
        level: 0,
        criteria: Vec::new(),
        refers,
    })
}

/// A row whose first cell is an id and nothing else.
fn row_requirement(
    cx: &ChunkCx<'_>,
    first: Span,
    rest: &[Span],
    refers: bool,
) -> Option<Requirement> {
    let it = requirement(cx, first, Shape::Row, refers)?;
    if !it.text.is_empty() {
        return None;
    }
    let last = rest.last().copied().unwrap_or(first);
    let longest = rest.iter().max_by_key(|it| it.len()).copied().unwrap_or(first);
    Some(Requirement {
        text: inline::plain(cx.chunk.slice(longest)).text,
        full_span: first.cover(last),
        ..it
    })
}

fn is_requirement_prefix(prefix: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "FR", "NFR", "REQ", "RQ", "US", "UC", "BR", "TR", "SR", "SEC", "PERF", "F", "R", "FEAT",
        "SC", "RF", "RNF", "HU", "AF", "NFA", "FA", "KR", "CR", "IR", "DR", "UR", "STORY", "EPIC",
    ];
    let first = prefix.split(['-', '_']).next().unwrap_or(prefix);
    PREFIXES.contains(&first)
}

fn is_excluded(prefix: &str) -> bool {
    NOT_PREFIXES.contains(&prefix)
}

fn criteria(cx: &ChunkCx<'_>, span: Span, out: &mut Vec<Part>) {
    let text = cx.chunk.slice(span);
    let text = text.trim_start_matches(['*', '_', '`', ' ']);
    if CRITERIA.is_match(text) {
        out.push(Part::Criteria(span));
    }
}

fn sentences(cx: &ChunkCx<'_>, span: Span, out: &mut Vec<Part>) {
    let text = cx.chunk.slice(span);
    match Ears::kind(text) {
        Some(Sentence::Ears) => out.push(Part::Ears(span)),
        Some(Sentence::Scenario) => out.push(Part::Scenario(span)),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Analyzer, Document};
    use expect_test::{Expect, expect};
    use std::fmt::Write as _;

    fn check(text: &str, expect: Expect) {
        let document = Document::new(None, text.into());
        let analysis = Analyzer::default().analyze(std::slice::from_ref(&document));
        let mut out = String::new();
        for it in requirements(&analysis, DocumentId(0)) {
            let n_lines = document.slice(it.full_span).lines().count();
            let id = document.slice(it.id_span);
            let _ = writeln!(
                out,
                "{:?} {id:?} {:?} lines: {n_lines} criteria: {}",
                it.shape,
                it.text,
                it.criteria.len()
            );
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn headings_items_and_rows_are_read() {
        check(
            "### Requirement 1: Sign in\n\n#### Acceptance Criteria\n\n1. WHEN a THEN the system SHALL b\n\n\
             ### FR-2 — Sign out\n\n- **FR-3**: System MUST log.\n- GPT-4: a model\n\n\
             | ID | Text |\n|---|---|\n| NFR-1 | Fast enough |\n",
            expect![[r#"
                Heading "Requirement 1" "Sign in" lines: 6 criteria: 2
                Heading "FR-2" "Sign out" lines: 8 criteria: 0
                Item "FR-3" "System MUST log." lines: 1 criteria: 0
                Row "NFR-1" "Fast enough" lines: 1 criteria: 0
            "#]],
        );
    }

    #[test]
    fn an_openspec_requirement_has_scenarios() {
        check(
            "### Requirement: Presence\nThe system SHALL show it.\n\n#### Scenario: Online\n- **WHEN** a\n- **THEN** b\n",
            expect![[r#"
                Heading "Requirement: Presence" "Presence" lines: 6 criteria: 4
            "#]],
        );
    }

    #[test]
    fn other_languages_number_too() {
        check(
            "### Anforderung 3: Anmelden\n\n### 要件 2：ログイン\n\n### Требование 4. Вход\n",
            expect![[r#"
                Heading "Anforderung 3" "Anmelden" lines: 2 criteria: 0
                Heading "要件 2" "ログイン" lines: 2 criteria: 0
                Heading "Требование 4" "Вход" lines: 1 criteria: 0
            "#]],
        );
    }
}
