//! The edits that backend rules share: declare a table, add a column, name a provider.

use super::SpecCx;
use crate::scope::Role;
use crate::titles::Title;
use model::{DocumentId, FixEdit, Span};
use text::markdown::BlockKind;

/// Writes a field table for `name` behind the data model, or as a new section at the end of the
/// document that misses it.
pub(super) fn declare_table(cx: &SpecCx<'_>, near: DocumentId, name: &str, owned: bool) -> FixEdit {
    let (document, at, level) = model_end(cx).unwrap_or_else(|| {
        let text = &cx.documents[near.0 as usize].text;
        (near, text.len(), None)
    });
    let text = &cx.documents[document.0 as usize].text;
    let mut out = String::new();
    if !text[..at].ends_with('\n') && at > 0 {
        out.push('\n');
    }
    if !text[..at].ends_with("\n\n") && at > 0 {
        out.push('\n');
    }
    let level = match level {
        Some(level) => usize::from(level) + 1,
        None => {
            out += &format!("## {}\n\n", Title::DataModel.in_language_of(text));
            3
        }
    };
    out += &format!("{} {name}\n\n", "#".repeat(level.min(6)));
    out += "| column | type | notes |\n| --- | --- | --- |\n| id | uuid | primary key |\n";
    if owned {
        out += "| user_id | uuid | references users.id |\n";
    }
    out += "| created_at | timestamptz | not null |\n";
    if !text[at..].is_empty() {
        out.push('\n');
    }
    FixEdit { document, span: Span::at(at), text: out }
}

/// Where the last data-model section ends, and the level of its heading.
fn model_end(cx: &SpecCx<'_>) -> Option<(DocumentId, usize, Option<u8>)> {
    let documents = (0u32..).map(DocumentId).zip(&cx.analysis.facts);
    documents
        .filter_map(|(document, chunks)| {
            let placed = chunks.iter().rev().find(|it| {
                let scope = &it.facts.scope_after;
                scope.role() == Role::DataModel && scope.modality() == model::Modality::InScope
            })?;
            let sections = placed.facts.scope_after.sections();
            // The outermost section of the data model, not the last table in it.
            let level = sections.iter().find(|it| it.role == Role::DataModel).map(|it| it.level);
            Some((document, placed.start + placed.facts.chunk.text.len(), level))
        })
        .next()
}

/// A column for the owner, written like the column at `beside`; `None` where the notation is not
/// one that this can write.
pub(super) fn owner_column(cx: &SpecCx<'_>, document: DocumentId, beside: Span) -> Option<FixEdit> {
    let file = &cx.documents[document.0 as usize];
    let lines = &file.lines;
    let line = lines.line_span(lines.line(beside.range().start))?;
    let source = &file.text[line.clone()];
    let indent = &source[..source.len() - source.trim_start().len()];
    let body = source.trim();
    let text = if body.starts_with('|') {
        let n_cells = body.trim_matches('|').split('|').count();
        let mut cells = vec!["user_id", "uuid", "references users.id"];
        cells.resize(n_cells.max(1), "");
        format!("{indent}| {} |\n", cells.join(" | "))
    } else if let Some(mark) = body.chars().next().filter(|it| "-*+".contains(*it)) {
        format!("{indent}{mark} user_id: uuid, references users.id\n")
    } else if is_in_sql(cx, document, beside) && body.ends_with(',') {
        format!("{indent}user_id uuid not null references users(id),\n")
    } else {
        return None;
    };
    // Lists of columns on one line, `users: id, email`, are more than one column a line.
    let end = if source.ends_with('\n') { line.end } else { return None };
    Some(FixEdit { document, span: Span::at(end), text })
}

fn is_in_sql(cx: &SpecCx<'_>, document: DocumentId, span: Span) -> bool {
    let chunks = &cx.analysis.facts[document.0 as usize];
    let placed = chunks.iter().rev().find(|it| it.start <= span.range().start);
    placed.is_some_and(|placed| {
        placed.facts.chunk.blocks.iter().any(|it| {
            let here = it.span.shift(placed.start).contains(span);
            here && matches!(&it.kind, BlockKind::Fence { lang } if lang == "sql")
        })
    })
}

/// Names a choice in brackets behind `span`: understood in any language.
pub(super) fn name_behind(document: DocumentId, span: Span, name: &str) -> Vec<FixEdit> {
    let at = Span::at(span.range().end);
    vec![FixEdit { document, span: at, text: format!(" ({name})") }]
}

/// To each side; what is longer is no sentence.
const SENTENCE_CHARS_MAX: usize = 600;

/// The sentence or table row around a place of a document.
pub(super) fn sentence<'a>(cx: &SpecCx<'a>, document: DocumentId, span: Span) -> &'a str {
    let text: &'a str = &cx.documents[document.0 as usize].text;
    let range = span.range();
    let (Some(before), Some(after)) = (text.get(..range.start), text.get(range.end..)) else {
        return "";
    };
    let ends = |it: &str| {
        it.starts_with('\n')
            || it.starts_with(". ")
            || it.starts_with(".\n")
            || it.starts_with('。')
    };
    let mut start = range.start;
    for (at, _) in before.char_indices().rev().take(SENTENCE_CHARS_MAX) {
        if ends(&before[at..]) {
            break;
        }
        start = at;
    }
    let mut end = range.end;
    for (at, it) in after.char_indices().take(SENTENCE_CHARS_MAX) {
        if ends(&after[at..]) {
            break;
        }
        end = range.end + at + it.len_utf8();
    }
    &text[start..end]
}

/// The role of the section around a place.
pub(super) fn role(cx: &SpecCx<'_>, document: DocumentId, span: Span) -> Role {
    let chunks = &cx.analysis.facts[document.0 as usize];
    let at = chunks.partition_point(|it| it.start <= span.range().start);
    let Some(placed) = at.checked_sub(1).and_then(|it| chunks.get(it)) else { return Role::Other };
    let blocks = placed.facts.blocks.iter().rev();
    blocks
        .into_iter()
        .find(|it| {
            let block = &placed.facts.chunk.blocks[it.index];
            block.span.shift(placed.start).touches(span.range().start)
        })
        .map_or(Role::Other, |it| it.scope.role())
}
