//! The phrases of a group as columns, with what their form says.

use crate::facts::{ColumnFact, MemberFact, MemberTraits};
use crate::read::tables::{Reading, attributes, deeds, glosses, leads, lexicon, lists, names};
use model::Span;

/// A field is told in fewer letters.
const LONG_CHARS: usize = 60;
const MEMBERS_MAX: usize = 48;

/// What opens a feature; those that are done to things are in `deeds`.
const VERBS: &[&str] = &[
    "allow",
    "apply",
    "avoid",
    "block",
    "calculate",
    "check",
    "choose",
    "click",
    "collect",
    "compare",
    "compute",
    "connect",
    "convert",
    "customize",
    "define",
    "detect",
    "determine",
    "download",
    "enable",
    "ensure",
    "estimate",
    "explain",
    "generate",
    "give",
    "handle",
    "help",
    "highlight",
    "identify",
    "implement",
    "improve",
    "include",
    "increase",
    "integrate",
    "maintain",
    "monitor",
    "navigate",
    "notify",
    "open",
    "optimize",
    "pay",
    "prevent",
    "process",
    "provide",
    "receive",
    "reduce",
    "require",
    "return",
    "run",
    "select",
    "set",
    "share",
    "start",
    "stop",
    "support",
    "switch",
    "sync",
    "test",
    "toggle",
    "trigger",
    "use",
    "validate",
    "verify",
];

/// The columns that one item names; empty when it is no name.
pub(super) fn of_item(rd: &Reading<'_, '_>, span: Span) -> Vec<MemberFact> {
    let text = rd.slice(span);
    let columns = lists::field_bullet(rd, span);
    if columns.is_empty() {
        let line = text.lines().next().unwrap_or_default();
        let at = span.range().start;
        return lists::part_column(line, at).into_iter().map(|it| member(it, text)).collect();
    }
    columns.into_iter().map(|it| member(it, text)).collect()
}

/// The column that a cell names.
pub(super) fn of_cell(rd: &Reading<'_, '_>, span: Span) -> Option<MemberFact> {
    let text = rd.slice(span);
    lists::part_column(text, span.range().start).map(|it| member(it, text))
}

/// The column that a line of a fence names: it has to look like one.
pub(super) fn of_line(rd: &Reading<'_, '_>, span: Span) -> Option<MemberFact> {
    let text = rd.slice(span);
    let body = text.trim_start_matches(['-', '*', '•', '├', '└', '│', '─', ' ']);
    let name = body.split([' ', ':', '(', '\t', ',']).next().unwrap_or_default();
    let is_name = name.len() >= 2
        && name.starts_with(|it: char| it.is_ascii_lowercase())
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
    let rest = body[name.len()..].trim_start();
    let is_field = rest.is_empty() || rest.starts_with(['(', ':', '-', '–', '—', '#', '/']);
    if !is_name || !(is_field || attributes::leading_type(rest).is_some()) {
        return None;
    }
    let at = span.range().start + (text.len() - body.len());
    let mut column = lists::part_column(body, at)?;
    column.name = names::snake(name);
    Some(member(column, body))
}

/// The columns of a list in one line, and how many of its parts are none.
pub(super) fn of_list(list: &str, at: usize) -> (Vec<MemberFact>, u16) {
    let parts = lists::with_last(lists::parts(list));
    if parts.len() > MEMBERS_MAX {
        return (Vec::new(), 0);
    }
    let (mut out, mut n_others) = (Vec::new(), 0);
    for (start, part) in parts {
        match lists::part_column(part, at + start) {
            Some(column) => out.push(member(column, part)),
            None => n_others += 1,
        }
    }
    (out, n_others)
}

fn member(column: ColumnFact, text: &str) -> MemberFact {
    let text = text.trim();
    let bare = text.trim_start_matches(['*', '_', '`', '"']);
    let cut = bare.find(['(', '（', ':', '：', '—', '–', '[', '`', '*']).unwrap_or(bare.len());
    let (head, rest) = (bare[..cut].trim(), &bare[cut..]);
    let is_usual = |it: &str| lists::is_usual_field(it) || glosses::is_common(it);
    let name = column.name.as_str();
    let folded = lexicon::fold(head);
    let verb = deeds::find(&folded)
        .first()
        .is_some_and(|it| it.range.start == 0 && (it.range.end < folded.len() || !is_usual(name)));
    let first = folded.split(' ').next().unwrap_or_default();
    let verb = verb || folded.contains(' ') && VERBS.contains(&first);
    let singular = names::singular(name);
    let thing =
        lexicon::listed(&names::plural(name)).is_some_and(|it| it.weight > lexicon::Weight::Vague);
    let traits = MemberTraits {
        code: text.starts_with('`')
            || name.contains('_') && head.contains(['_', '`'])
            || is_camel(head),
        usual: is_usual(name),
        usual_tail: name.rsplit_once('_').is_some_and(|(_, it)| is_usual(it)),
        typed: column.ty.is_some(),
        constrained: column.primary
            || column.unique
            || column.nullable.is_some()
            || column.references.is_some()
            || !column.values.is_empty(),
        verb,
        thing,
        plural: name.is_ascii() && singular != name,
        words: u8::try_from(head.split_whitespace().count().min(4)).unwrap_or(4),
        long: text.chars().count() > LONG_CHARS,
        noted: rest.contains([':', '：', '—', '–']),
        capital: head.starts_with(char::is_uppercase),
        foreign: !name.is_ascii()
            || (!leads::is_usual(name) && glosses::gloss(head).is_none() && !head.is_ascii()),
    };
    MemberFact { column, singular, traits }
}

/// `createdAt`
fn is_camel(head: &str) -> bool {
    head.starts_with(|it: char| it.is_ascii_lowercase())
        && !head.contains(' ')
        && head.contains(|it: char| it.is_ascii_uppercase())
}
