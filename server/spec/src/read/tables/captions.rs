//! A table named in bold code at the head of a paragraph, its columns as code below it.
//!
//! ```text
//! **`user_addresses`** — where a customer lives.
//! `id` · `profile_id` (FK profiles) · `is_default` (bool)
//! ```

use super::{Reading, lists};
use crate::facts::ColumnFact;
use model::Span;
use text::markdown::{Block, BlockKind};

/// Whether the paragraph is such a declaration.
pub(super) fn read(rd: &mut Reading<'_, '_>, block: &Block) -> bool {
    let text = rd.slice(block.text);
    let base = block.text.range().start;
    let declared = match head(text) {
        Some((name, after)) => list_start(text, after).map(|at| {
            let start = base + "**`".len();
            (name, Span::new(start, start + name.len()), at)
        }),
        None => title_above(rd, text),
    };
    let Some((name, place, list_at)) = declared else { return false };
    let columns = columns(&text[list_at..], base + list_at);
    let keyed = columns.iter().any(|it| it.name == "id" || it.name.ends_with("_id"));
    if columns.len() < 2 || !(keyed || rd.is_model()) {
        return false;
    }
    rd.table(name, place, columns, "captioned-fields", 92);
    true
}

/// A title of nothing but code, `` **`users`** ``, above a list that opens with code.
fn title_above<'a>(rd: &Reading<'a, '_>, text: &str) -> Option<(&'a str, Span, usize)> {
    let before = rd.block(rd.at.checked_sub(1)?);
    if !text.starts_with('`') || !matches!(before.kind, BlockKind::Heading { .. }) {
        return None;
    }
    let source = rd.slice(before.text).trim().trim_matches('*');
    let name = source.strip_prefix('`')?.strip_suffix('`')?;
    is_identifier(name).then(|| (name, rd.find_in(before.text, name), 0))
}

fn is_identifier(name: &str) -> bool {
    name.len() >= 2 && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

/// The identifier in bold code that opens the text, and where it ends.
fn head(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix("**`")?;
    let end = inner.find("`**")?;
    let name = &inner[..end];
    is_identifier(name).then_some((name, "**`".len() + end + "`**".len()))
}

/// Where the list starts: right behind the head, or at the first line that opens with code.
fn list_start(text: &str, after: usize) -> Option<usize> {
    let rest = &text[after..];
    let direct = rest.trim_start_matches([' ', ':', '—', '–', '-']);
    if direct.starts_with('`') {
        return Some(text.len() - direct.len());
    }
    rest.find("\n`").map(|it| after + it + 1)
}

fn columns(list: &str, base: usize) -> Vec<ColumnFact> {
    let mut out: Vec<ColumnFact> = Vec::new();
    for (at, part) in parts(list) {
        let start = at + (part.len() - part.trim_start().len());
        let Some((name, notes)) =
            part.trim_start().strip_prefix('`').and_then(|it| it.split_once('`'))
        else {
            continue;
        };
        // Behind a dash the text is on the table again.
        let notes = notes.split(['—', '–']).next().unwrap_or_default();
        let span = Span::new(base + start + 1, base + start + 1 + name.len());
        let Some(column) = lists::noted_column(name, notes, span) else { continue };
        if out.iter().all(|it| it.name != column.name) {
            out.push(column);
        }
    }
    out
}

/// Cuts a list at the separators that stand in no bracket.
fn parts(list: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let mut depth = 0_i32;
    let mut start = 0;
    for (at, c) in list.char_indices() {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth -= 1,
            '·' | ',' | '、' | '，' | ';' if depth <= 0 => {
                out.push((start, &list[start..at]));
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    out.push((start, &list[start..]));
    out
}
