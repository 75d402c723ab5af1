//! Outlines without Markdown: a line with a name, then its fields on one line or as bullets.
//!
//! ```text
//! rooms                       courses
//!   - id, host_id (FK users)  id, title, price
//!   - status: 'open'|'closed'
//! ```

use super::{Reading, lists};
use crate::facts::ColumnFact;
use model::Span;

/// Reads the lines of a text; a name counts when its fields have a key, or where data is modelled.
pub(super) fn read(rd: &mut Reading<'_, '_>, span: Span, is_model: bool) -> bool {
    let mut found = false;
    let mut current: Option<(Span, Vec<ColumnFact>)> = None;
    for line in rd.lines(span) {
        let text = rd.slice(line);
        let (body, _) = without_comment(text);
        let bullet = body.trim_start_matches(['-', '*', '•', '├', '└', '│', '─', ' ']);
        let is_bullet = bullet.len() < body.len();
        let start = line.range().start + (body.len() - bullet.len());
        if is_bullet {
            if let Some((_, columns)) = current.as_mut() {
                columns.extend(fields(rd, bullet, start));
            }
        } else if let Some(name) = name_of(body) {
            found |= flush(rd, current.take(), is_model);
            current = Some((Span::new(start, start + name.len()), Vec::new()));
        } else {
            let listed = fields(rd, body, start);
            match current.as_mut() {
                Some((_, columns)) if listed.len() >= 2 && columns.is_empty() => {
                    columns.extend(listed);
                }
                _ => found |= flush(rd, current.take(), is_model),
            }
        }
    }
    found | flush(rd, current, is_model)
}

fn flush(rd: &mut Reading<'_, '_>, table: Option<(Span, Vec<ColumnFact>)>, is_model: bool) -> bool {
    let Some((span, mut columns)) = table else { return false };
    let mut seen = rustc_hash::FxHashSet::default();
    columns.retain(|it| seen.insert(it.name.clone()));
    let keyed = columns.iter().any(|it| it.name == "id" || it.name.ends_with("_id"));
    if columns.len() < 2 || !(keyed || is_model) {
        return false;
    }
    let label = rd.slice(span).to_owned();
    rd.table(&label, span, columns, "outline", 86);
    true
}

/// The name on a line of its own: one identifier or two words, and perhaps a note in brackets.
fn name_of(line: &str) -> Option<&str> {
    let head = line.split(['(', '（']).next()?.trim();
    let head = head.trim_end_matches([':', '：', '{']).trim();
    let words = head.split_whitespace().count();
    let plain = head.chars().all(|it| it.is_alphanumeric() || it == '_' || it == ' ');
    let starts = head.chars().next().is_some_and(char::is_alphabetic);
    ((1..=2).contains(&words) && plain && starts && head.len() <= 40).then_some(head)
}

fn fields(rd: &Reading<'_, '_>, text: &str, at: usize) -> Vec<ColumnFact> {
    let span = Span::new(at, at + text.len());
    let before_type = text.find(':').unwrap_or(usize::MAX);
    // `status: 'a' | 'b'` is one field, `id, name, role` are many.
    if text.find(',').is_some_and(|it| it < before_type) {
        let head = &text[..before_type.min(text.len())];
        let listed = lists::field_list(rd, Span::new(at, at + head.len()));
        if !listed.is_empty() {
            return listed;
        }
    }
    lists::field_bullet(rd, span)
}

fn without_comment(line: &str) -> (&str, &str) {
    for mark in [" -- ", "  --", " // ", "  # "] {
        if let Some((body, note)) = line.split_once(mark) {
            return (body.trim_end(), note);
        }
    }
    (line, "")
}
