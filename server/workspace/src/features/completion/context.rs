//! What kind of thing is being written at a place.

use super::words;
use crate::features::blocks::{Placed, blocks};
use crate::features::{Place, document};
use crate::snapshot::SpecView;
use model::{Span, Table};
use spec::Document;
use spec::mentions::Names;
use text::markdown::BlockKind;

pub(super) enum Context<'a> {
    Nothing,
    FrontMatterKey {
        present: Vec<&'a str>,
    },
    /// Behind `table.`.
    ColumnOf(&'a Table),
    Type,
    Policy,
    Cron,
    /// The target of a foreign key.
    Reference,
    /// The name column of a field table; `table` when it is known.
    ColumnName {
        table: Option<&'a Table>,
    },
    Prose,
}

/// The word before the cursor, `-` and `_` included.
pub(super) fn typed(text: &str, offset: usize) -> Span {
    let before = text.get(..offset).unwrap_or_default();
    let word = before.chars().rev().take_while(|it| it.is_alphanumeric() || "_-".contains(*it));
    Span::new(before.len() - word.map(char::len_utf8).sum::<usize>(), before.len())
}

pub(super) fn at(view: &SpecView, place: Place, typed: Span) -> Context<'_> {
    let Some(document) = document(view, place.document) else { return Context::Nothing };
    let line_start = document.text[..place.offset].rfind('\n').map_or(0, |it| it + 1);
    let line = &document.text[line_start..place.offset];
    let block = blocks(document).filter(|it| it.span().touches(place.offset)).last();
    if let Some(block) = &block
        && block.block.kind == BlockKind::FrontMatter
    {
        return front_matter(document, block, line);
    }
    if let Some(table) = dotted(view, place, document, typed) {
        return Context::ColumnOf(table);
    }
    if is_cron(line) {
        return Context::Cron;
    }
    if let Some(block) = &block {
        if let BlockKind::Table { header, .. } = &block.block.kind {
            return cell(view, place, document, block, header, line);
        }
        if matches!(block.block.kind, BlockKind::Comment | BlockKind::Html) {
            return Context::Nothing;
        }
    }
    match line.rsplit_once([':', '：']) {
        Some((key, value)) if value.trim() == &document.text[typed.range()] => {
            let key = key.trim().trim_start_matches(['-', '*', '+', ' ', '`', '_']).to_lowercase();
            let key = key.trim_end_matches(['*', '`', '_']);
            if words::POLICY_WORDS.contains(&key) {
                Context::Policy
            } else if words::TYPE_HEADERS.contains(&key) || declares_column(view, place, line_start)
            {
                Context::Type
            } else {
                Context::Prose
            }
        }
        _ => Context::Prose,
    }
}

fn front_matter<'a>(document: &'a Document, block: &Placed<'_>, line: &str) -> Context<'a> {
    if line.contains(':') || line.starts_with([' ', '-', '#']) {
        return Context::Nothing;
    }
    let present = document.slice(block.span()).lines().filter_map(|it| it.split_once(':'));
    Context::FrontMatterKey { present: present.map(|(key, _)| key.trim()).collect() }
}

/// The table whose name stands before the `.` before what is typed.
fn dotted<'a>(
    view: &'a SpecView,
    place: Place,
    document: &Document,
    typed: Span,
) -> Option<&'a Table> {
    let before = document.text[..typed.range().start].strip_suffix('.')?;
    let owner = self::typed(before, before.len());
    let found = Names::new(&view.analysis).within(document, place.document, owner);
    let mention = found.into_iter().find(|it| it.span == owner)?;
    Some(&view.analysis.detection.tables[mention.table])
}

/// Whether the line speaks of cron, or the start of an expression stands before the cursor.
fn is_cron(line: &str) -> bool {
    let lower = line.to_lowercase();
    let word = lower.rfind("cron").map(|at| &lower[at + 4..]);
    word.is_some_and(|rest| {
        rest.chars().all(|it| it.is_ascii_digit() || "*/,- `'\":=(".contains(it))
    })
}

fn cell<'a>(
    view: &'a SpecView,
    place: Place,
    document: &Document,
    block: &Placed<'_>,
    header: &[Span],
    line: &str,
) -> Context<'a> {
    let bars = line.matches('|').count() - line.matches("\\|").count();
    let index = if line.trim_start().starts_with('|') { bars.checked_sub(1) } else { Some(bars) };
    let Some(title) = index.and_then(|it| header.get(it)) else { return Context::Prose };
    let title_span = block.place(*title);
    if title_span.touches(place.offset) {
        return Context::Prose;
    }
    let title = text::inline::plain(document.slice(title_span)).text.trim().to_lowercase();
    let is = |words: &[&str]| words.contains(&title.as_str());
    if is(words::TYPE_HEADERS) {
        Context::Type
    } else if is(words::POLICY_WORDS) {
        Context::Policy
    } else if is(words::REFERENCE_HEADERS) {
        Context::Reference
    } else if is(words::NAME_HEADERS) {
        Context::ColumnName { table: table_of(view, place, block) }
    } else {
        Context::Prose
    }
}

/// The table whose columns a field table lists.
fn table_of<'a>(view: &'a SpecView, place: Place, block: &Placed<'_>) -> Option<&'a Table> {
    let holds = |table: &&Table| {
        table
            .columns
            .iter()
            .any(|it| it.document == place.document && block.span().contains(it.span))
    };
    view.analysis.detection.tables.iter().find(holds)
}

/// Whether the line starts with a column that was detected there: `- title: te`.
fn declares_column(view: &SpecView, place: Place, line_start: usize) -> bool {
    let line = Span::new(line_start, place.offset);
    let mut columns = view.analysis.detection.tables.iter().flat_map(|it| &it.columns);
    columns.any(|it| it.document == place.document && it.span.overlaps(line))
}
