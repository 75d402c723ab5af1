//! Lists that stand as paragraphs of their own, as texts have them that lost their Markdown.
//!
//! ```text
//! Messages contain:
//!
//! Sender name
//!
//! Content
//! ```

use super::{Reading, lists};
use crate::facts::ColumnFact;
use model::Span;
use text::markdown::{Block, BlockKind};

/// More words than a field has are a sentence.
const WORDS_MAX: usize = 4;
const ITEM_CHARS_MAX: usize = 80;

/// The paragraphs below the line at `index` that may be items of its list.
pub(super) fn below(rd: &Reading<'_, '_>, index: usize) -> Vec<Span> {
    let blocks = &rd.cx.chunk.blocks;
    let depth = blocks[index].depth;
    let is_item = |it: &&Block| {
        matches!(it.kind, BlockKind::Paragraph) && it.depth == depth && is_short(rd.slice(it.text))
    };
    blocks[index + 1..].iter().take_while(is_item).map(|it| it.text).collect()
}

/// Whether a paragraph is a few words on one line, notes in brackets aside.
fn is_short(text: &str) -> bool {
    let text = text.trim();
    let head = text.split(['(', '（']).next().unwrap_or(text);
    !text.contains('\n')
        && text.chars().count() <= ITEM_CHARS_MAX
        && head.split_whitespace().count() <= WORDS_MAX
        && !text.ends_with([':', '：'])
}

/// Reads "users:" and a field a paragraph below it, in a data model; returns how many blocks it took.
///
/// A name in capitals is taken for a heading, so that the list starts at `index`; else the name does.
pub(super) fn table(rd: &mut Reading<'_, '_>, index: usize) -> Option<usize> {
    let titled = index
        .checked_sub(1)
        .filter(|it| matches!(rd.block(*it).kind, BlockKind::Heading { repaired: true, .. }));
    match titled {
        Some(head) => below_name(rd, head),
        None => below_name(rd, index).map(|it| it + 1),
    }
}

fn below_name(rd: &mut Reading<'_, '_>, head_at: usize) -> Option<usize> {
    const LABEL_WORDS_MAX: usize = 3;
    let block = rd.block(head_at);
    let head = rd.slice(block.span).trim();
    // "history (what was trained):"
    let label = head.strip_suffix([':', '：'])?;
    let name = label.split(['(', '（']).next().unwrap_or(label).trim();
    if head.contains('\n') || name.is_empty() || name.split_whitespace().count() > LABEL_WORDS_MAX {
        return None;
    }
    let items = below(rd, head_at);
    let columns: Vec<ColumnFact> =
        items.iter().flat_map(|it| lists::field_bullet(rd, *it)).collect();
    if columns.len() < 2 || columns.len() * 4 < items.len() * 3 {
        return None;
    }
    let (name, place) = (name.to_owned(), rd.find_in(block.text, name));
    rd.table(&name, place, columns, "field-list", 86);
    Some(items.len())
}
