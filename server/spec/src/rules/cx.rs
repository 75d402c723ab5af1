//! What a block rule sees: a chunk as lines of plain text, each under its headings.

use crate::read::ChunkCx;
use crate::read::clauses::Prose;
use crate::scope::{Role, Scope};
use model::{Modality, Span};
use std::ops::Range;
use text::inline::{self, Plain};
use text::markdown::{Block, BlockKind};
use unicode_segmentation::UnicodeSegmentation as _;

/// One chunk with its text read as lines.
pub(crate) struct BlockCx<'a> {
    pub(crate) chunk: &'a ChunkCx<'a>,
    /// Headings, paragraphs, items and table cells, in reading order; no code.
    pub(crate) lines: Vec<Line<'a>>,
}

impl<'a> BlockCx<'a> {
    pub(crate) fn new(chunk: &'a ChunkCx<'a>) -> Self {
        let mut lines = Vec::new();
        for (block, scoped) in chunk.blocks() {
            match &block.kind {
                BlockKind::Heading { .. } | BlockKind::Paragraph | BlockKind::Item { .. } => {
                    lines.push(Line::new(chunk, block, &scoped.scope, block.text, false));
                }
                BlockKind::Table { header, rows } => {
                    let cells = header.iter().chain(rows.iter().flatten());
                    lines.extend(cells.map(|it| Line::new(chunk, block, &scoped.scope, *it, true)));
                }
                _ => {}
            }
        }
        Self { chunk, lines }
    }

    /// The lines that state something of their own: no headings, quotes, examples or exclusions.
    pub(crate) fn statements(&self) -> impl Iterator<Item = &Line<'a>> {
        self.lines.iter().filter(|it| {
            !it.is_heading()
                && !it.block.quoted
                && !it.scope.is_under(Role::Example)
                && matches!(
                    it.scope.modality(),
                    Modality::InScope | Modality::Optional | Modality::LaterPhase
                )
        })
    }

    /// The bytes of a span of this chunk.
    pub(crate) fn slice(&self, span: Span) -> &'a str {
        self.chunk.chunk.slice(span)
    }
}

/// A heading, paragraph, item or table cell without its Markdown.
pub(crate) struct Line<'a> {
    pub(crate) block: &'a Block,
    pub(crate) scope: &'a Scope,
    /// Its source within the chunk.
    pub(crate) span: Span,
    pub(crate) source: &'a str,
    pub(crate) in_table: bool,
    plain: Plain,
}

impl<'a> Line<'a> {
    fn new(
        chunk: &ChunkCx<'a>,
        block: &'a Block,
        scope: &'a Scope,
        span: Span,
        in_table: bool,
    ) -> Self {
        let source = chunk.chunk.slice(span);
        Self { block, scope, span, source, in_table, plain: inline::plain(source) }
    }

    pub(crate) fn is_heading(&self) -> bool {
        matches!(self.block.kind, BlockKind::Heading { .. })
    }

    /// Without emphasis, ticks, link targets and tags.
    pub(crate) fn text(&self) -> &str {
        &self.plain.text
    }

    /// Where a range of [`Line::text`] stands in the chunk.
    pub(crate) fn place(&self, range: Range<usize>) -> Span {
        self.plain.source(range.start, range.end).shift(self.span.range().start)
    }

    /// Its text folded, with sentences, clauses and what their words reserve.
    pub(crate) fn prose(&self) -> Prose {
        Prose::new(self.source, self.span.range().start, self.in_table)
    }

    /// Where all of it stands in the chunk.
    pub(crate) fn whole(&self) -> Span {
        self.span
    }

    /// The ranges of its sentences in [`Line::text`], without surrounding blanks.
    pub(crate) fn sentences(&self) -> Vec<Range<usize>> {
        sentences(self.text())
    }

    /// Whether a place in [`Line::text`] stands between backticks in the source.
    pub(crate) fn is_code(&self, at: usize) -> bool {
        let source = self.place(at..at).range().start - self.span.range().start;
        let ticks = self.source.get(..source).map_or(0, |it| it.matches('`').count());
        ticks % 2 == 1
    }
}

/// The sentences of a text; abbreviations such as `e.g.` do not end one.
pub(crate) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for (start, piece) in text.split_sentence_bound_indices() {
        let end = start + piece.trim_end().len();
        let start = start + (piece.len() - piece.trim_start().len());
        if start >= end {
            continue;
        }
        match out.last_mut() {
            Some(last) if continues(&text[last.clone()], &text[start..end]) => last.end = end,
            _ => out.push(start..end),
        }
    }
    out
}

/// Whether `next` goes on with the sentence that `last` seemed to end.
fn continues(last: &str, next: &str) -> bool {
    const ABBREVIATIONS: &[&str] = &[
        "e.g.", "i.e.", "etc.", "vs.", "approx.", "incl.", "max.", "min.", "no.", "z.b.", "bzw.",
        "ca.", "usw.", "ggf.", "d.h.", "p.ex.", "ex.", "ej.", "т.д.", "т.п.", "т.е.", "dll.",
    ];
    let lower = last.to_lowercase();
    let abbreviated = ABBREVIATIONS.iter().any(|it| lower.ends_with(it));
    let starts_low = next.chars().next().is_some_and(|it| it.is_lowercase() || it.is_numeric());
    // A soft line break ends a Unicode sentence only after a separator; a list-like line does too.
    (abbreviated && starts_low) || !last.ends_with(ENDS)
}

const ENDS: &[char] =
    &['.', '!', '?', '。', '！', '？', ';', '；', ':', '：', '…', '"', '”', '」', ')'];

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        let parts: Vec<&str> = sentences(text).into_iter().map(|it| &text[it]).collect();
        expect.assert_debug_eq(&parts);
    }

    #[test]
    fn an_abbreviation_and_a_soft_break_do_not_end_a_sentence() {
        check(
            "Send mail, e.g. daily,\nto all. Then stop. 保存する。削除する。",
            expect![[r#"
                [
                    "Send mail, e.g. daily,\nto all.",
                    "Then stop.",
                    "保存する。",
                    "削除する。",
                ]
            "#]],
        );
    }
}
