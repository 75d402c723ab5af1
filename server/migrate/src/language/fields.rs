//! Keys of a mapping with their values, and texts that YAML has cut in pieces.

use super::column;
use super::cx::Cx;
use super::operation::{Name, Spanned};
use crate::rules;
use model::Span;
use std::borrow::Cow;
use text::suggest;
use text::yaml::scalar::{self, Scalar, Style};
use text::yaml::{Node, Pair, Value};

/// Words that others use for a key, and ours.
const SYNONYMS: &[(&str, &str)] = &[
    ("indexes", "indices"),
    ("index", "indices"),
    ("fields", "columns"),
    ("fields", "column"),
    ("field", "column"),
    ("attributes", "columns"),
    ("policy", "rls"),
    ("row_level_security", "rls"),
    ("access", "rls"),
    ("from", "was"),
    ("old", "was"),
    ("old_name", "was"),
    ("to", "name"),
    ("new", "name"),
    ("new_name", "name"),
    ("null", "nullable"),
    ("not_null", "nullable"),
    ("references", "fk"),
    ("foreign_key", "fk"),
    ("with_check", "check"),
    ("commands", "for"),
    ("postgresql", "postgres"),
    ("values", "rows"),
    ("data", "rows"),
    ("predicate", "where"),
    ("filter", "where"),
    ("description", "text"),
    ("description", "comment"),
];

/// The known keys of one mapping.
pub(super) struct Fields<'n, 'a> {
    found: Vec<(&'static str, Cow<'n, Node<'a>>)>,
    /// Where a missing key is told: the word that the mapping belongs to.
    owner: Span,
    owner_word: String,
    /// Keys that are probably there under another word.
    misspelt: Vec<&'static str>,
    /// Whether a part of the mapping is no YAML, so that what is missing may be there.
    is_damaged: bool,
}

/// Reads the mapping of `owner`, reports what is not `known`; `None` when it is no mapping.
pub(super) fn fields<'n, 'a>(
    cx: &mut Cx<'a>,
    owner: (&str, Span),
    node: &'n Node<'a>,
    known: &[&'static str],
) -> Option<Fields<'n, 'a>> {
    let Value::Map(pairs) = &node.value else {
        if node.value != Value::Unread {
            let keys = known.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
            let at = if node.span.is_empty() { owner.1 } else { node.span };
            let message =
                format!("`{}` takes a mapping with {keys}, not {}", owner.0, node.shape());
            cx.report(&rules::wrong_shape::RULE, at, message);
        }
        return None;
    };
    let mut out = Fields {
        found: Vec::new(),
        owner: owner.1,
        owner_word: owner.0.to_owned(),
        misspelt: Vec::new(),
        is_damaged: cx
            .damages
            .iter()
            .any(|it| it.start <= node.span.end && node.span.start <= it.end),
    };
    let mut at = 0;
    while let Some(pair) = pairs.get(at) {
        at += 1;
        let n_lone = pairs[at..].iter().take_while(|it| it.lone).count();
        let value = match joined_value(cx, pair, &pairs[at..at + n_lone]) {
            Some((joined, n_taken)) => {
                at += n_taken;
                Cow::Owned(joined)
            }
            None => Cow::Borrowed(&pair.value),
        };
        out.add(cx, pair, value, known);
    }
    Some(out)
}

/// The value of `pair` with what a comma cut off it, and how many pieces that were.
fn joined_value<'a>(
    cx: &mut Cx<'a>,
    pair: &Pair<'a>,
    lone: &[Pair<'a>],
) -> Option<(Node<'a>, usize)> {
    let Value::Scalar(scalar) = &pair.value.value else { return None };
    if scalar.style != Style::Plain || scalar::is_balanced(&scalar.text) {
        return None;
    }
    for (index, piece) in lone.iter().enumerate() {
        let span = pair.value.span.cover(piece.span);
        if scalar::is_balanced(cx.slice(span)) {
            return Some((whole(cx, span, &rules::split_by_comma::RULE), index + 1));
        }
    }
    None
}

/// The text at `span` as one scalar, reported as cut by YAML.
fn whole<'a>(cx: &mut Cx<'a>, span: Span, rule: &'static rules::Rule) -> Node<'a> {
    let text = cx.slice(span);
    let why = match rule.name {
        "split-by-comma" => "YAML splits this at the comma",
        "cut-by-comment" => "YAML takes the rest of the line for a comment",
        _ => "YAML takes this for a mapping, because of the `: `",
    };
    let short: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    cx.report(rule, span, format!("{why}: put `{short}` in quotes")).fix(
        "Put it in quotes",
        vec![(span, scalar::in_quotes(text))],
        true,
    );
    Node { span, value: Value::Scalar(Scalar::raw(text, span.start)) }
}

impl<'n, 'a> Fields<'n, 'a> {
    fn add(
        &mut self,
        cx: &mut Cx<'a>,
        pair: &'n Pair<'a>,
        value: Cow<'n, Node<'a>>,
        known: &[&'static str],
    ) {
        let Value::Scalar(key) = &pair.key.value else {
            if pair.key.value != Value::Unread {
                cx.report(&rules::wrong_shape::RULE, pair.key.span, "a key is one word");
            }
            return;
        };
        let Some(word) = known.iter().find(|it| **it == key.text) else {
            return self.report_unknown(cx, pair, &key.text, known);
        };
        if self.found.iter().any(|it| it.0 == *word) {
            let message = format!("`{word}` is there twice in `{}`", self.owner_word);
            cx.report(&rules::duplicate_key::RULE, pair.key.span, message);
            return;
        }
        self.found.push((word, value));
    }

    fn report_unknown(
        &mut self,
        cx: &mut Cx<'a>,
        pair: &Pair<'a>,
        key: &str,
        known: &[&'static str],
    ) {
        let synonym = SYNONYMS.iter().find(|it| it.0 == key && known.contains(&it.1));
        let near = synonym.map(|it| it.1).or_else(|| suggest::nearest(key, known.iter().copied()));
        self.misspelt.extend(near);
        let mut message = format!("`{}` has no key `{key}`", self.owner_word);
        match near {
            Some(word) => message += &format!(": did you mean `{word}`?"),
            None => {
                let keys = known.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>();
                message += &format!(": it has {}", keys.join(", "));
            }
        }
        let report = cx.report(&rules::unknown_key::RULE, pair.key.span, message);
        if let Some(word) = near {
            report.fix(format!("Write `{word}`"), vec![(pair.key.span, word.to_owned())], false);
        }
    }

    /// The value of `key`, where the key is there; it may be [`Value::Empty`].
    pub(super) fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.found.iter().find(|it| it.0 == key).map(|it| &*it.1)
    }

    /// The value of `key`, which must be there and not empty.
    pub(super) fn need(&self, cx: &mut Cx<'a>, key: &str) -> Option<&Node<'a>> {
        let found = self.get(key).filter(|it| it.value != Value::Empty);
        let is_excused = self.is_damaged || self.misspelt.contains(&key);
        if found.is_none() && !is_excused {
            let message = format!("`{}` lacks `{key}`", self.owner_word);
            cx.report(&rules::missing_key::RULE, self.owner, message);
        }
        found
    }

    pub(super) fn need_name(&self, cx: &mut Cx<'a>, key: &str) -> Option<Name> {
        let node = self.need(cx, key)?;
        name(cx, key, node)
    }

    pub(super) fn name(&self, cx: &mut Cx<'a>, key: &str) -> Option<Name> {
        name(cx, key, self.get(key)?)
    }

    /// `true`, `false`, or `false` when it is not there.
    pub(super) fn flag(&self, cx: &mut Cx<'a>, key: &str) -> bool {
        self.get(key).and_then(|it| boolean(cx, key, it)).is_some_and(|it| it.value)
    }

    pub(super) fn text(&self, cx: &mut Cx<'a>, key: &str) -> Option<Spanned<String>> {
        let node = self.get(key).filter(|it| !is_null(it))?;
        let Value::Scalar(scalar) = &node.value else {
            wrong_shape(cx, key, "a text", node);
            return None;
        };
        Some(Spanned { value: scalar.text.clone().into_owned(), origin: cx.origin(node.span) })
    }
}

pub(super) fn wrong_shape(cx: &mut Cx<'_>, key: &str, wanted: &str, node: &Node<'_>) {
    if node.value != Value::Unread {
        let message = format!("`{key}` takes {wanted}, not {}", node.shape());
        cx.report(&rules::wrong_shape::RULE, node.span, message);
    }
}

pub(super) fn is_null(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Empty => true,
        Value::Scalar(it) => {
            it.style == Style::Plain && matches!(&*it.text, "" | "~" | "null" | "Null" | "NULL")
        }
        _ => false,
    }
}

pub(super) fn boolean(cx: &mut Cx<'_>, key: &str, node: &Node<'_>) -> Option<Spanned<bool>> {
    let origin = cx.origin(node.span);
    if let Value::Scalar(it) = &node.value {
        match &*it.text {
            "true" | "True" | "TRUE" | "yes" | "on" => {
                return Some(Spanned { value: true, origin });
            }
            "false" | "False" | "FALSE" | "no" | "off" => {
                return Some(Spanned { value: false, origin });
            }
            _ => {}
        }
    }
    wrong_shape(cx, key, "`true` or `false`", node);
    None
}

/// A name of a table, column, index …; quotes inside the text are taken off.
pub(super) fn name(cx: &mut Cx<'_>, key: &str, node: &Node<'_>) -> Option<Name> {
    match &node.value {
        Value::Scalar(it) if !it.text.trim().is_empty() => {
            let value = column::unquoted(it.text.trim());
            Some(Spanned { value, origin: cx.origin(node.span) })
        }
        Value::Unread => None,
        _ => {
            wrong_shape(cx, key, "a name", node);
            None
        }
    }
}

/// A list of names, or one name alone.
pub(super) fn names(cx: &mut Cx<'_>, key: &str, node: &Node<'_>) -> Vec<Name> {
    match &node.value {
        Value::List(items) => items.iter().filter_map(|it| name(cx, key, it)).collect(),
        _ => name(cx, key, node).into_iter().collect(),
    }
}

/// A text of the column or expression language, whole even where a comment cut it.
pub(super) fn words<'a>(cx: &mut Cx<'a>, key: &str, node: &Node<'a>) -> Option<Scalar<'a>> {
    let Value::Scalar(scalar) = &node.value else {
        if let Some(it) = colon(cx, node) {
            return Some(it);
        }
        wrong_shape(cx, key, "a text", node);
        return None;
    };
    Some(uncut(cx, node.span, scalar).unwrap_or_else(|| scalar.clone()))
}

/// The items of a list in the column language; `keep` takes those that are mappings on purpose.
pub(super) fn list<'n, 'a>(
    cx: &mut Cx<'a>,
    key: &str,
    node: &'n Node<'a>,
    keep: impl Fn(&Node<'a>) -> bool,
) -> Vec<Item<'n, 'a>> {
    let Value::List(items) = &node.value else {
        return match &node.value {
            // One item without a list around it.
            Value::Scalar(_) => words(cx, key, node).map(Item::Words).into_iter().collect(),
            Value::Empty => Vec::new(),
            _ => {
                wrong_shape(cx, key, "a list", node);
                Vec::new()
            }
        };
    };
    let mut out = Vec::with_capacity(items.len());
    let mut at = 0;
    while let Some(item) = items.get(at) {
        at += 1;
        if keep(item) {
            out.push(Item::Node(item));
            continue;
        }
        if let Some((scalar, n_taken)) = joined_item(cx, item, &items[at..]) {
            at += n_taken;
            out.push(Item::Words(scalar));
        } else if item.value == Value::Empty {
            cx.report(&rules::wrong_shape::RULE, item.span, format!("`{key}` has an empty item"));
        } else if let Some(scalar) = words(cx, key, item) {
            out.push(Item::Words(scalar));
        }
    }
    out
}

/// An item of a list in the column language.
pub(super) enum Item<'n, 'a> {
    Words(Scalar<'a>),
    Node(&'n Node<'a>),
}

/// The item with what a comma cut off it, and how many pieces that were.
fn joined_item<'a>(
    cx: &mut Cx<'a>,
    item: &Node<'a>,
    next: &[Node<'a>],
) -> Option<(Scalar<'a>, usize)> {
    let Value::Scalar(scalar) = &item.value else { return None };
    if scalar.style != Style::Plain || scalar::is_balanced(&scalar.text) {
        return None;
    }
    let end = cx.line_end(item.span.end);
    let near = next.iter().take_while(|it| it.span.end <= end);
    for (index, piece) in near.enumerate() {
        let span = item.span.cover(piece.span);
        let is_between_commas =
            cx.slice(Span { start: item.span.end, end: piece.span.start }).contains(',');
        if is_between_commas && scalar::is_balanced(cx.slice(span)) {
            let Value::Scalar(it) = whole(cx, span, &rules::split_by_comma::RULE).value else {
                return None;
            };
            return Some((it, index + 1));
        }
    }
    None
}

/// A plain text whose quotes close in the comment behind it.
fn uncut<'a>(cx: &mut Cx<'a>, at: Span, scalar: &Scalar<'a>) -> Option<Scalar<'a>> {
    if scalar.style != Style::Plain || scalar::is_balanced(&scalar.text) {
        return None;
    }
    let comment = cx.comment_after(at.end)?;
    let rest = cx.slice(Span { start: at.start, end: comment.end });
    let end =
        scalar::end_of_item(rest).filter(|it| at.start as usize + it > comment.start as usize)?;
    let span = Span::new(at.start as usize, at.start as usize + end);
    match whole(cx, span, &rules::cut_by_comment::RULE).value {
        Value::Scalar(it) => Some(it),
        _ => None,
    }
}

/// A mapping that was meant as a text: `note text default 'a: b'`, or `title: text`.
fn colon<'a>(cx: &mut Cx<'a>, node: &Node<'a>) -> Option<Scalar<'a>> {
    let Value::Map(pairs) = &node.value else { return None };
    let [pair] = pairs.as_slice() else { return None };
    let Value::Scalar(key) = &pair.key.value else { return None };
    let text = cx.slice(pair.span);
    if text.contains('\n') || key.style != Style::Plain {
        return None;
    }
    if key.text.contains(char::is_whitespace) {
        return match whole(cx, pair.span, &rules::colon_in_text::RULE).value {
            Value::Scalar(it) => Some(it),
            _ => None,
        };
    }
    let Value::Scalar(value) = &pair.value.value else { return None };
    let gap = Span { start: pair.key.span.end, end: pair.value.span.start };
    let message = format!("a column is written without a colon: `{} {}`", key.text, value.text);
    cx.report(&rules::colon_in_text::RULE, pair.span, message).fix(
        "Leave the colon out",
        vec![(gap, " ".to_owned())],
        true,
    );
    // Blanks keep every byte in its place.
    let mut owned = text.to_owned();
    let colon = (pair.key.span.end - pair.span.start) as usize;
    owned.replace_range(colon..=colon, " ");
    Some(Scalar::owned(owned, pair.span.start))
}
