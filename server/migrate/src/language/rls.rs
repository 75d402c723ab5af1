//! Row-level security as one text: `own-or-public(user_id, is_public)`.

use super::column;
use super::cx::Cx;
use super::fields::words;
use super::operation::{Name, RlsDef, RlsKind, Spanned};
use crate::rules;
use model::Span;
use text::suggest;
use text::yaml::Node;
use text::yaml::scalar::Scalar;

/// The words of the language, for completion.
pub const WORDS: [&str; 6] = ["public", "deny", "own-row", "own-or-public", "member-of", "role"];

/// Reads the value of `rls`; `None` has been reported.
pub(super) fn read<'a>(cx: &mut Cx<'a>, node: &Node<'a>) -> Option<RlsDef> {
    let scalar = words(cx, "rls", node)?;
    let origin = cx.origin(node.span);
    kind(cx, &scalar).map(|kind| RlsDef { kind, origin })
}

fn kind(cx: &mut Cx<'_>, scalar: &Scalar<'_>) -> Option<RlsKind> {
    let text = scalar.text.trim_end();
    let start = text.len() - text.trim_start().len();
    let text = &text[start..];
    let end = text.find(|it: char| !it.is_ascii_alphabetic() && it != '-').unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let arguments = match rest.trim_start().strip_prefix('(') {
        Some(inner) => inner.strip_suffix(')').map(|inner| {
            let from = start + text.len() - 1 - inner.len();
            Some(Arguments { scalar, from, text: inner })
        }),
        None => rest.trim().is_empty().then_some(None),
    };
    if !WORDS.contains(&word) || arguments.is_none() {
        return other(cx, scalar, Span::new(start, start + text.len()), word);
    }
    let arguments = arguments.flatten();
    let names = arguments.as_ref().map(|it| it.names(cx)).unwrap_or_default();
    match (word, names.as_slice()) {
        ("public", []) => Some(RlsKind::Public),
        ("deny", []) => Some(RlsKind::Deny),
        ("own-row", []) => Some(RlsKind::OwnRow { column: None }),
        ("own-row", [column]) => Some(RlsKind::OwnRow { column: Some(column.clone()) }),
        ("own-or-public", []) => Some(RlsKind::OwnOrPublic { column: None, flag: None }),
        ("own-or-public", [column]) => {
            Some(RlsKind::OwnOrPublic { column: Some(column.clone()), flag: None })
        }
        ("own-or-public", [column, flag]) => {
            Some(RlsKind::OwnOrPublic { column: Some(column.clone()), flag: Some(flag.clone()) })
        }
        ("role", [role]) => Some(RlsKind::Role(role.value.clone())),
        ("member-of", [words]) if words.value.split_whitespace().count() == 3 => {
            let arguments = arguments.as_ref().expect("its names have just been read");
            member_of(cx, arguments)
        }
        _ => {
            let form = form(word);
            let message = format!("`{word}` is written {form}");
            cx.report(&rules::unknown_policy::RULE, scalar.whole(), message);
            None
        }
    }
}

fn form(word: &str) -> &'static str {
    match word {
        "public" => "`public`, without brackets",
        "deny" => "`deny`, without brackets",
        "own-row" => "`own-row` or `own-row(column)`",
        "own-or-public" => "`own-or-public(column)` or `own-or-public(column, flag)`",
        "member-of" => "`member-of(table via column)`",
        _ => "`role(name)`",
    }
}

/// What stands between the brackets.
struct Arguments<'a, 'f> {
    scalar: &'a Scalar<'f>,
    /// Where it starts in the scalar's text.
    from: usize,
    text: &'a str,
}

impl Arguments<'_, '_> {
    /// The parts between commas, without blanks around them.
    fn names(&self, cx: &Cx<'_>) -> Vec<Name> {
        let mut from = self.from;
        let mut out = Vec::new();
        for part in self.text.split(',') {
            out.push(self.name(cx, part, from));
            from += part.len() + 1;
        }
        out
    }

    fn name(&self, cx: &Cx<'_>, part: &str, from: usize) -> Name {
        let start = from + part.len() - part.trim_start().len();
        let place = self.scalar.place(Span::new(start, start + part.trim().len()));
        Spanned { value: column::unquoted(part.trim()), origin: cx.origin(place) }
    }
}

/// `memberships via team_id`.
fn member_of(cx: &mut Cx<'_>, arguments: &Arguments<'_, '_>) -> Option<RlsKind> {
    let text = arguments.text;
    let via = text.split_whitespace().nth(1).filter(|it| it.eq_ignore_ascii_case("via"));
    let Some(via) = via else {
        let message = format!("`member-of` is written {}", form("member-of"));
        cx.report(&rules::unknown_policy::RULE, arguments.scalar.whole(), message);
        return None;
    };
    let table = text.split_whitespace().next()?;
    // The second word stands behind the first; it may also be part of it.
    let table_end = text.find(table)? + table.len();
    let at = table_end + text[table_end..].find(via)?;
    let column = &text[at + via.len()..];
    Some(RlsKind::MemberOf {
        table: arguments.name(cx, &text[..table_end], arguments.from),
        via: arguments.name(cx, column, arguments.from + at + via.len()),
    })
}

/// An expression, or a word that is nearly one of ours.
fn other(cx: &mut Cx<'_>, scalar: &Scalar<'_>, span: Span, word: &str) -> Option<RlsKind> {
    let text = &scalar.text[span.range()];
    let near = suggest::nearest(word, WORDS).filter(|it| word.len() + 2 >= it.len());
    let is_near_miss = word == text && word.len() > 2;
    if let Some(near) = near.filter(|_| is_near_miss) {
        let message = format!("`{word}` is no policy: did you mean `{near}`?");
        let at = scalar.place(span);
        let report = cx.report(&rules::unknown_policy::RULE, at, message);
        report.fix(format!("Write `{near}`"), vec![(at, near.to_owned())], false);
        return None;
    }
    column::formula(cx, scalar, span).map(RlsKind::Expr)
}
