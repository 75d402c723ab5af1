//! Semantic tokens: what the words of a spec are.

use super::blocks::blocks;
use super::entity::{self, Declaration, column_name, word_at};
use super::{document, migration};
use crate::migrations;
use crate::snapshot::SpecView;
use model::{Column, DocumentId, Span};
use regex::Regex;
use rustc_hash::FxHashSet;
use spec::Document;
use spec::mentions::{Names, requirements};
use std::sync::LazyLock;
use text::markdown::BlockKind;

/// A coloured span; never longer than its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub span: Span,
    pub kind: TokenKind,
    /// Whether the thing is declared here.
    pub declaration: bool,
}

/// Of two kinds at one place the later one here gives way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenKind {
    Requirement,
    Column,
    Type,
    Vendor,
    Table,
    /// SHALL, MUST, WHEN …
    Keyword,
}

/// The tokens of a document or of a part of it, in order, without overlaps.
#[must_use]
pub fn tokens(view: &SpecView, id: DocumentId, range: Option<Span>) -> Vec<Token> {
    let Some(document) = document(view, id) else { return Vec::new() };
    let range = range.unwrap_or_else(|| Span::new(0, document.text.len()));
    let mut out = match migrations::of(view, id) {
        Some(file) => migration::tokens::tokens(file, document),
        None => spec_tokens(view, id, document, range),
    };
    out.retain(|it| it.span.overlaps(range) && !document.slice(it.span).contains('\n'));
    out.sort_by_key(|it| (it.span.start, it.kind, std::cmp::Reverse(it.span.end)));
    without_overlaps(out)
}

fn spec_tokens(view: &SpecView, id: DocumentId, document: &Document, range: Span) -> Vec<Token> {
    let mut out = requirement_tokens(view, id);
    out.extend(column_tokens(view, id, document));
    out.extend(vendor_tokens(view, id, document));
    out.extend(table_tokens(view, id, document, range));
    out.extend(keyword_tokens(document, range));
    out
}

/// Keeps of tokens that overlap the one of the stronger kind.
fn without_overlaps(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        match out.last() {
            Some(last) if last.span.overlaps(token.span) => {
                if token.kind < last.kind {
                    out.pop();
                    if out.last().is_none_or(|it| !it.span.overlaps(token.span)) {
                        out.push(token);
                    }
                }
            }
            _ => out.push(token),
        }
    }
    out
}

fn requirement_tokens(view: &SpecView, id: DocumentId) -> Vec<Token> {
    let mentions = requirements::mentions(&view.documents);
    let own = mentions.iter().filter(|it| it.document == id && !it.span.is_empty());
    own.map(|it| Token {
        span: it.span,
        kind: TokenKind::Requirement,
        declaration: it.defines.is_some(),
    })
    .collect()
}

fn column_tokens(view: &SpecView, id: DocumentId, document: &Document) -> Vec<Token> {
    let mut out = Vec::new();
    let columns = view.analysis.detection.tables.iter().flat_map(|it| &it.columns);
    for column in columns.filter(|it| it.document == id) {
        let span = column_name(document, column);
        out.push(Token { span, kind: TokenKind::Column, declaration: true });
        if let Some(span) = written_type(document, column) {
            out.push(Token { span, kind: TokenKind::Type, declaration: false });
        }
    }
    out
}

/// Where the line of a column writes its type, as detected, behind its name.
pub(super) fn written_type(document: &Document, column: &Column) -> Option<Span> {
    let ty = column.ty.as_ref()?;
    let name_end = column_name(document, column).range().end;
    let line = document.lines.line_span(document.lines.line(name_end))?;
    let rest = document.text.get(name_end..line.end)?;
    let at = rest.to_ascii_lowercase().find(&ty.to_ascii_lowercase())?;
    let span = Span::new(at, at + ty.len()).shift(name_end);
    let base = ty.split(['(', '[', ' ']).next().unwrap_or(ty);
    let word = word_at(&document.text, span.range().start)?;
    (document.slice(word).len() == base.len()).then_some(span)
}

fn vendor_tokens(view: &SpecView, id: DocumentId, document: &Document) -> Vec<Token> {
    /// Longer evidence is a sentence, not a name.
    const NAME_BYTES_MAX: usize = 40;
    let mut out = Vec::new();
    for need in &view.analysis.detection.needs {
        for it in need.evidence.iter().filter(|it| it.document == id) {
            let body = document.slice(it.span);
            let words = need.name.replace(['-', '_'], " ");
            let lower = body.to_lowercase();
            let found = [words.as_str(), &need.name].into_iter().find_map(|name| {
                let at = lower.find(name).filter(|_| lower.len() == body.len())?;
                Some(Span::new(at, at + name.len()).shift(it.span.range().start))
            });
            let short = (body.len() <= NAME_BYTES_MAX && !body.contains(' ')).then_some(it.span);
            if let Some(span) = found.or(short) {
                out.push(Token { span, kind: TokenKind::Vendor, declaration: false });
            }
        }
    }
    out
}

fn table_tokens(view: &SpecView, id: DocumentId, document: &Document, range: Span) -> Vec<Token> {
    let names = Names::new(&view.analysis);
    let tables = &view.analysis.detection.tables;
    let declared: FxHashSet<Declaration> = entity::declarations(view, &names).into_iter().collect();
    let found = names.within(document, id, range);
    found
        .iter()
        // Guesses of prose are not worth a colour.
        .filter(|it| tables[it.table].is_required())
        .map(|it| Token {
            span: it.span,
            kind: TokenKind::Table,
            declaration: declared.contains(&Declaration {
                table: it.table,
                document: id,
                span: it.span,
            }),
        })
        .collect()
}

/// Words of obligation and of the EARS patterns, in capitals where the script has them.
static KEYWORDS: LazyLock<Regex> = LazyLock::new(|| {
    let words = [
        "SHALL NOT|SHALL|MUST NOT|MUST|SHOULD NOT|SHOULD|MAY|WHEN|WHILE|WHERE|IF|THEN|GIVEN",
        "MUSS|MÜSSEN|DARF NICHT|SOLL|SOLLEN|WENN|DANN|WÄHREND|FALLS",
        "DOIT|DOIVENT|DEVRA|QUAND|LORSQUE|SI|ALORS|TANT QUE",
        "DEBE|DEBEN|DEBERÁ|CUANDO|MIENTRAS|ENTONCES",
        "DEVE|DEVEM|DEVERÁ|QUANDO|ENQUANTO|ENTÃO",
        "ДОЛЖЕН|ДОЛЖНА|ДОЛЖНО|ДОЛЖНЫ|КОГДА|ЕСЛИ|ТОГДА",
        "HARUS|WAJIB|KETIKA|JIKA|MAKA",
    ];
    let pattern =
        format!(r"\b(?:{})\b|必须|必須|不得|しなければならない|해야 한다", words.join("|"));
    Regex::new(&pattern).expect("the pattern is constant")
});

fn keyword_tokens(document: &Document, range: Span) -> Vec<Token> {
    let mut out = Vec::new();
    for block in blocks(document).filter(|it| it.span().overlaps(range)) {
        let is_prose = matches!(
            block.block.kind,
            BlockKind::Paragraph | BlockKind::Item { .. } | BlockKind::Table { .. }
        );
        if !is_prose {
            continue;
        }
        let span = block.text();
        let text = document.slice(span);
        // A line in capitals says nothing by its capitals.
        if !text.chars().any(char::is_lowercase) && text.is_ascii() {
            continue;
        }
        out.extend(KEYWORDS.find_iter(text).map(|it| Token {
            span: Span::new(it.start(), it.end()).shift(span.range().start),
            kind: TokenKind::Keyword,
            declaration: false,
        }));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::fixture::fixture;
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        let (view, _) = fixture(text);
        let shown: Vec<String> = tokens(&view, DocumentId(0), None)
            .iter()
            .map(|it| {
                let declares = if it.declaration { " declared" } else { "" };
                format!("{:?} {}{declares}", it.kind, view.documents[0].slice(it.span))
            })
            .collect();
        expect.assert_eq(&shown.join("\n"));
    }

    #[test]
    fn keywords_are_words_in_capitals() {
        check(
            "- **FR-1**: WHEN asked THE SYSTEM SHALL NOT fail; it may, see FR-1.\n",
            expect![[r#"
                Requirement FR-1 declared
                Keyword WHEN
                Keyword SHALL NOT
                Requirement FR-1"#]],
        );
    }

    #[test]
    fn keywords_are_known_in_other_languages() {
        check(
            "Das System MUSS antworten.\n\nСистема ДОЛЖНА ответить.\n\n系统必须响应。\n",
            expect![[r#"
                Keyword MUSS
                Keyword ДОЛЖНА
                Keyword 必须"#]],
        );
    }

    #[test]
    fn tables_columns_and_types_have_their_own() {
        check(
            "A post has `posts.title`.\n\n### Posts\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| title | text |\n",
            expect![[r#"
                Table post
                Table posts
                Table Posts declared
                Column id declared
                Type uuid
                Column title declared
                Type text"#]],
        );
    }

    #[test]
    fn fences_and_shouting_have_no_keywords() {
        check("```\nMUST\n```\n\nYOU MUST READ\n", expect![[r#""#]]);
    }
}
