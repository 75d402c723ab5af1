//! `<!-- specwright: allow RULE[, RULE] -->` silences the next block, `allow-file RULE` the file.
//!
//! A block is one heading, paragraph, list item with what it holds, table or fence. A comment at
//! the end of a paragraph, item or table row silences the block it stands in.

use super::{Check, RULES, Rule, Sink};
use crate::analysis::Analysis;
use crate::facts::ScopedBlock;
use crate::pattern::compile;
use model::{Diagnostic, DocumentId, Span};
use regex::Regex;
use std::sync::LazyLock;
use text::markdown::{Block, BlockKind, Chunk};

/// One rule name of one allow comment, as a chunk holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// As written; it may name no rule.
    pub(crate) name: String,
    /// The name within the chunk.
    pub(crate) span: Span,
    /// The whole comment within the chunk.
    pub(crate) comment: Span,
    reach: Reach,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    File,
    /// A block of the same chunk.
    Block(Span),
    /// The first block of the next chunk.
    NextChunk,
}

/// An allow comment for a rule that was on and had nothing to silence.
pub(crate) struct UnusedAllow<'a> {
    pub(crate) allow: &'a Allow,
    pub(crate) document: DocumentId,
    /// Where the chunk of [`Allow::span`] starts.
    pub(crate) start: usize,
}

static COMMENT: LazyLock<Regex> =
    LazyLock::new(|| compile(r"<!--\s*specwright:\s*(allow(?:-file)?)\s+([^>]*?)\s*-->"));
static NAME: LazyLock<Regex> = LazyLock::new(|| compile(r"[A-Za-z0-9_-]+"));

/// The comment that silences `rule` in the block after it.
#[must_use]
pub fn allow_comment(rule: &str) -> String {
    format!("<!-- specwright: allow {rule} -->")
}

/// The comment that silences `rule` in its whole file.
#[must_use]
pub fn allow_file_comment(rule: &str) -> String {
    format!("<!-- specwright: allow-file {rule} -->")
}

/// Reads the allow comments of a chunk.
pub(crate) fn allows(chunk: &Chunk, blocks: &[ScopedBlock]) -> Vec<Allow> {
    let mut out = Vec::new();
    // Almost no chunk has one.
    if memchr::memmem::find(chunk.text.as_bytes(), b"specwright:").is_none() {
        return out;
    }
    for (at, scoped) in blocks.iter().enumerate() {
        let block = &chunk.blocks[scoped.index];
        let alone = is_comment(block);
        if !alone
            && !matches!(
                block.kind,
                BlockKind::Heading { .. }
                    | BlockKind::Paragraph
                    | BlockKind::Item { .. }
                    | BlockKind::Table { .. }
            )
        {
            continue;
        }
        let source = if alone { block.span } else { block.text };
        for found in COMMENT.captures_iter(chunk.slice(source)) {
            let base = source.range().start;
            let comment = found.get(0).expect("group 0 is the match").range();
            let names = found.get(2).expect("the group always takes part");
            let reach = match &found[1] {
                "allow-file" => Reach::File,
                _ if alone => next_block(chunk, &blocks[at + 1..]),
                _ => Reach::Block(block.span),
            };
            for name in NAME.find_iter(names.as_str()) {
                let start = base + names.start();
                out.push(Allow {
                    name: name.as_str().to_owned(),
                    span: Span::new(start + name.start(), start + name.end()),
                    comment: Span::new(base + comment.start, base + comment.end),
                    reach,
                });
            }
        }
    }
    out
}

/// A comment on lines of its own.
fn is_comment(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Comment | BlockKind::Html)
}

fn next_block(chunk: &Chunk, rest: &[ScopedBlock]) -> Reach {
    rest.iter()
        .map(|it| &chunk.blocks[it.index])
        .find(|it| !is_comment(it))
        .map_or(Reach::NextChunk, |it| Reach::Block(it.span))
}

/// Drops the diagnostics that an allow comment silences, and lets the rule for useless comments
/// look at the rest.
pub(super) fn drop_silenced(
    analysis: &Analysis,
    levels: &super::Levels,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut unused = Vec::new();
    for (document, chunks) in (0u32..).map(DocumentId).zip(&analysis.facts) {
        for (at, placed) in chunks.iter().enumerate() {
            for allow in &placed.facts.allows {
                let span = match allow.reach {
                    Reach::File => None,
                    Reach::Block(span) => Some(span.shift(placed.start)),
                    Reach::NextChunk => Some(first_block(&chunks[at + 1..])),
                };
                let before = diagnostics.len();
                diagnostics.retain(|it| {
                    let here = it.document == document
                        && span.is_none_or(|span| span.touches(it.span.range().start));
                    !(here && it.rule == allow.name)
                });
                let on = find(&allow.name).is_some_and(|it| levels.severity(it).is_some());
                if on && diagnostics.len() == before {
                    unused.push(UnusedAllow { allow, document, start: placed.start });
                }
            }
        }
    }
    for rule in RULES {
        if let (Check::Unused(check), Some(severity)) = (rule.check, levels.severity(rule)) {
            check(&unused, &mut Sink::new(rule, severity, diagnostics));
        }
    }
}

/// The first block of the next chunks that is no comment; empty at the end of the document.
fn first_block(chunks: &[crate::analysis::PlacedFacts]) -> Span {
    chunks
        .iter()
        .flat_map(|placed| {
            let blocks = placed.facts.chunk.blocks.iter().filter(|it| !is_comment(it));
            blocks.map(|it| it.span.shift(placed.start))
        })
        .next()
        .unwrap_or_else(|| Span::at(u32::MAX as usize))
}

fn find(name: &str) -> Option<&'static Rule> {
    super::find(name)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&testing::render(text, &["placeholder", "unused-allow", "unknown-allow"]));
    }

    #[test]
    fn the_next_block_is_silent_and_the_one_after_is_not() {
        check(
            "<!-- specwright: allow placeholder -->\n\nPrice: TBD\n\nTax: TBD\n",
            expect![[r#"
            5: info[placeholder] "TBD" `TBD` is still to be decided
        "#]],
        );
    }

    #[test]
    fn a_comment_right_above_a_paragraph_or_an_item_reaches_it_alone() {
        check(
            "<!-- specwright: allow placeholder -->\nPrice: TBD\n\nTax: TBD\n\n- a\n<!-- specwright: allow placeholder -->\n- b TBD\n- c TBD\n",
            expect![[r#"
                4: info[placeholder] "TBD" `TBD` is still to be decided
                9: info[placeholder] "TBD" `TBD` is still to be decided
            "#]],
        );
    }

    #[test]
    fn a_comment_before_a_heading_reaches_the_heading_only() {
        check(
            "Text.\n\n<!-- specwright: allow placeholder -->\n## Price: TBD\n\nTax: TBD\n",
            expect![[r#"
                6: info[placeholder] "TBD" `TBD` is still to be decided
            "#]],
        );
    }

    #[test]
    fn a_comment_inside_an_item_silences_that_item() {
        check(
            "- Price: TBD <!-- specwright: allow placeholder -->\n- Tax: TBD\n",
            expect![[r#"
            2: info[placeholder] "TBD" `TBD` is still to be decided
        "#]],
        );
    }

    #[test]
    fn a_file_comment_silences_everything_and_a_typo_is_told() {
        check(
            "Price: TBD\n\n<!-- specwright: allow-file placeholder, plceholder -->\n\n# A\n\nTax: TBD\n",
            expect![[r#"
                3: hint[unknown-allow] "plceholder" there is no rule `plceholder` to allow
                  fix (safe): Write `placeholder`
                    3 "plceholder" -> "placeholder"
            "#]],
        );
    }

    #[test]
    fn an_allow_that_silences_nothing_is_told() {
        check(
            "<!-- specwright: allow placeholder -->\n\nPrice: 3\n",
            expect![[r#"
            1: hint[unused-allow] "placeholder" `placeholder` finds nothing here to silence
              fix: Remove the comment
                1 "<!-- specwright: allow placeholder -->" -> ""
        "#]],
        );
    }
}
