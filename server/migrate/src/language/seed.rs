//! Rows that a migration writes.

use super::cx::Cx;
use super::fields::{self, fields, is_null};
use super::operation::{Cell, OperationKind, Seed, Spanned};
use crate::rules;
use model::Span;
use text::yaml::scalar::{Scalar, Style};
use text::yaml::{Node, Value};

pub(super) fn read<'a>(
    cx: &mut Cx<'a>,
    owner: (&str, Span),
    node: &Node<'a>,
) -> Option<OperationKind> {
    let it = fields(cx, owner, node, &["table", "key", "existing", "rows"])?;
    let table = it.need_name(cx, "table");
    let key = it.get("key").map(|it| fields::names(cx, "key", it)).unwrap_or_default();
    let existing = it.name(cx, "existing");
    let update = existing.as_ref().is_some_and(|it| it.value == "update");
    if let Some(it) = existing.filter(|it| it.value != "update" && it.value != "keep") {
        let message = format!("`existing` is `keep` or `update`, not `{}`", it.value);
        cx.report(&rules::wrong_shape::RULE, it.origin.span, message);
    }
    let list = it.need(cx, "rows")?;
    let Value::List(items) = &list.value else {
        fields::wrong_shape(cx, "rows", "a list of rows", list);
        return None;
    };
    let rows = items.iter().filter_map(|it| row(cx, it)).collect();
    Some(OperationKind::Seed(Seed { table: table?, key, update, rows }))
}

fn row<'a>(cx: &mut Cx<'a>, node: &Node<'a>) -> Option<Vec<(super::Name, Spanned<Cell>)>> {
    let Value::Map(pairs) = &node.value else {
        fields::wrong_shape(cx, "rows", "a mapping for each row", node);
        return None;
    };
    let mut out: Vec<(super::Name, Spanned<Cell>)> = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let Some(name) = fields::name(cx, "rows", &pair.key) else { continue };
        if out.iter().any(|it| it.0.value == name.value) {
            let message = format!("`{}` is there twice in a row", name.value);
            cx.report(&rules::duplicate_key::RULE, pair.key.span, message);
            continue;
        }
        let origin = cx.origin(pair.value.span);
        out.push((name, Spanned { value: cell(&pair.value), origin }));
    }
    Some(out)
}

fn cell(node: &Node<'_>) -> Cell {
    match &node.value {
        _ if is_null(node) => Cell::Null,
        Value::Scalar(it) => scalar(it),
        Value::List(_) | Value::Map(_) => {
            let mut out = String::new();
            json(node, &mut out);
            Cell::Json(out)
        }
        Value::Empty | Value::Unread => Cell::Null,
    }
}

fn scalar(it: &Scalar<'_>) -> Cell {
    if it.style != Style::Plain {
        return Cell::Text(it.text.clone().into_owned());
    }
    match &*it.text {
        "true" | "True" | "TRUE" => Cell::Bool(true),
        "false" | "False" | "FALSE" => Cell::Bool(false),
        text if is_number(text) => Cell::Number(text.to_owned()),
        text => Cell::Text(text.to_owned()),
    }
}

/// A number as JSON and SQL both write it.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (whole, part) = match mantissa.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (mantissa, None),
    };
    let all_digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    all_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && part.is_none_or(all_digits)
        && exponent.is_none_or(|it| all_digits(it.strip_prefix(['+', '-']).unwrap_or(it)))
}

fn json(node: &Node<'_>, out: &mut String) {
    match &node.value {
        Value::List(items) => {
            out.push('[');
            for (number, it) in items.iter().enumerate() {
                out.push_str(if number == 0 { "" } else { "," });
                json(it, out);
            }
            out.push(']');
        }
        Value::Map(pairs) => {
            out.push('{');
            for (number, it) in pairs.iter().enumerate() {
                out.push_str(if number == 0 { "" } else { "," });
                match &it.key.value {
                    Value::Scalar(key) => out.push_str(&text::yaml::scalar::in_json(&key.text)),
                    _ => out.push_str("\"\""),
                }
                out.push(':');
                json(&it.value, out);
            }
            out.push('}');
        }
        _ => match cell(node) {
            Cell::Null | Cell::Json(_) => out.push_str("null"),
            Cell::Bool(it) => out.push_str(if it { "true" } else { "false" }),
            Cell::Number(it) => out.push_str(&it),
            Cell::Text(it) => out.push_str(&text::yaml::scalar::in_json(&it)),
        },
    }
}
