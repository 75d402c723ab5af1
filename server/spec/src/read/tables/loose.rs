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

/// Reads "users:" and a field a paragraph below it, in a data model, from the first of them; returns
/// how many blocks it took.
pub(super) fn table(rd: &mut Reading<'_, '_>, index: usize) -> Option<usize> {
    const LABEL_WORDS_MAX: usize = 3;
    let block = rd.block(index.checked_sub(1)?);
    // Such a line is taken for a heading.
    let head = rd.slice(block.span).trim();
    let is_open = matches!(block.kind, BlockKind::Heading { repaired: true, .. })
        && head.ends_with([':', '：']);
    // "history (what was trained):"
    let label = head.trim_end_matches([':', '：']);
    let name = label.split(['(', '（']).next().unwrap_or(label).trim();
    if !is_open || name.is_empty() || name.split_whitespace().count() > LABEL_WORDS_MAX {
        return None;
    }
    let items = below(rd, index - 1);
    let columns: Vec<ColumnFact> =
        items.iter().flat_map(|it| lists::field_bullet(rd, *it)).collect();
    if columns.len() < 2 || columns.len() * 4 < items.len() * 3 {
        return None;
    }
    let (name, place) = (name.to_owned(), rd.find_in(block.text, name));
    rd.table(&name, place, columns, "field-list", 86);
    Some(items.len())
}
