//! Fences in a data model that hold nothing but identifiers, one a line: tables where the line above
//! or the heading says so, else fields of what the heading names.
//!
//! ````text
//! Core tables:               ## Invoice
//! ```                        ```
//! orders                     id
//! order_items                issued_at
//! ```                        ```
//! ````

use super::{Reading, labels, lists};
use crate::facts::ColumnFact;
use model::Span;
use text::markdown::{Block, BlockKind};

const NAMES_MIN: usize = 2;
const BYTES_MAX: usize = 64;

/// Whether the fence is such a list.
pub(super) fn read(rd: &mut Reading<'_, '_>, block: &Block) -> bool {
    let lines = rd.lines(block.text);
    let names: Vec<Span> =
        lines.iter().copied().filter(|it| is_identifier(rd.slice(*it))).collect();
    // A remark may stand among them.
    if names.len() < NAMES_MIN || names.len() * 5 < lines.len() * 4 {
        return false;
    }
    if says_tables(rd) {
        for name in names {
            let label = rd.slice(name).to_owned();
            rd.table(&label, name, Vec::new(), "entity-enumeration", 86);
        }
        return true;
    }
    let n_usual = names.iter().filter(|it| lists::is_usual_field(rd.slice(**it))).count();
    let Some((label, place)) = rd.heading_label(block) else { return false };
    if n_usual == 0 || n_usual * 4 < names.len() || labels::is_inputs(&label) {
        return false;
    }
    let columns: Vec<ColumnFact> =
        names.iter().flat_map(|it| lists::field_bullet(rd, *it)).collect();
    rd.table(&label, place, columns, "field-list", 90);
    true
}

fn is_identifier(line: &str) -> bool {
    line.len() <= BYTES_MAX
        && line.starts_with(|it: char| it.is_ascii_alphabetic())
        && line.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

/// Whether the paragraph right above what is read, or else the heading, speaks of several tables.
fn says_tables(rd: &Reading<'_, '_>) -> bool {
    let above = rd.at.checked_sub(1).map(|it| rd.block(it));
    let lead = above.filter(|it| matches!(it.kind, BlockKind::Paragraph | BlockKind::Item { .. }));
    let says = |text: &str| {
        let words = text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty());
        words.into_iter().any(lists::names_kinds)
    };
    match lead.map(|it| rd.plain(it.text)).filter(|it| it.ends_with([':', '：'])) {
        Some(text) => says(&text),
        None => says(rd.scope().title()),
    }
}
