//! What changing a column's type takes: a conversion, a rewrite, a loss.

use super::catalog::{Catalog, Column};
use super::checks::base;

/// The `USING` expression where a plain change of type is refused.
pub(super) fn using(
    from: &Catalog,
    to: &Catalog,
    old: &Column,
    new: &Column,
    new_kind: &str,
    name: &str,
) -> Option<String> {
    let pair = (sql_name(&old.kind), sql_name(&new.kind));
    let known = |it: &(String, String)| from.casts.contains(it) || to.casts.contains(it);
    let arrays = (old.kind.ends_with("[]"), new.kind.ends_with("[]"));
    // Everything is written to text by itself.
    let to_text = new.category == 'S' && !arrays.1;
    if pair.0 == pair.1 && arrays.0 == arrays.1 || to_text || arrays.0 == arrays.1 && known(&pair) {
        return None;
    }
    let is_text = old.category == 'S' && !arrays.0;
    let explicit = from.explicit_casts.contains(&pair) || to.explicit_casts.contains(&pair);
    Some(if arrays.0 && !arrays.1 {
        // Only of lists of one, which a data check asks for.
        format!("{name}[1]::{new_kind}")
    } else if is_text || arrays.0 && arrays.1 || explicit {
        format!("{name}::{new_kind}")
    } else if arrays.1 && !arrays.0 && (pair.0 == pair.1 || known(&pair)) {
        // One value becomes a list of one.
        format!("CASE WHEN {name} IS NULL THEN NULL ELSE ARRAY[{name}]::{new_kind} END")
    } else {
        format!("{name}::text::{new_kind}")
    })
}

/// The type without length, as the table of casts names it.
fn sql_name(kind: &str) -> String {
    let mut out = kind.trim_end_matches("[]").to_owned();
    if let (Some(open), Some(close)) = (out.find('('), out.find(')')) {
        out.replace_range(open..=close, "");
    }
    out
}

/// Whether the engine writes every row again.
pub(super) fn rewrites(old: &Column, new: &Column) -> bool {
    if old.kind == new.kind {
        // Another collation builds indexes only.
        return false;
    }
    let text = ["text", "character varying"];
    match (base(&old.kind), base(&new.kind)) {
        (_, "text") if text.contains(&base(&old.kind)) => false,
        (was, "character varying") if text.contains(&was) => match (length(old), length(new)) {
            (_, None) => false,
            (Some(was), Some(is)) => is < was,
            (None, Some(_)) => true,
        },
        ("numeric", "numeric") => match (length(old), length(new)) {
            (_, None) => false,
            (Some(was), Some(is)) => scale(old) != scale(new) || is < was,
            (None, Some(_)) => true,
        },
        ("cidr", "inet") => false,
        ("timestamp" | "time" | "interval", "timestamp" | "time" | "interval")
            if sql_name(&old.kind) == sql_name(&new.kind) =>
        {
            !matches!((length(old), length(new)), (Some(_), None)) && length(old) > length(new)
        }
        _ => true,
    }
}

fn length(column: &Column) -> Option<u32> {
    let inner = column.kind.split_once('(')?.1.split_once(')')?.0;
    inner.split(',').next()?.trim().parse().ok()
}

fn scale(column: &Column) -> u32 {
    let inner = column.kind.split_once('(').and_then(|it| it.1.split_once(')'));
    inner.and_then(|it| it.0.split_once(',')).and_then(|it| it.1.trim().parse().ok()).unwrap_or(0)
}

/// Whether values that differ still do after the change, and mean the same to what stays over them.
pub(super) fn keeps_values(old: &Column, new: &Column) -> bool {
    let known = ["smallint", "integer", "bigint", "numeric", "double precision", "text"];
    let is_known = known.contains(&base(&new.kind)) || base(&new.kind) == "character varying";
    old.collation == new.collation && (old.kind == new.kind || is_known && loss(old, new).is_none())
}

/// What of the values the change does not keep, so that changing back does not give it back.
pub(super) fn loss(old: &Column, new: &Column) -> Option<String> {
    let (was, is) = (base(&old.kind), base(&new.kind));
    let size = |it: &str| ["smallint", "integer", "bigint"].iter().position(|word| *word == it);
    let widens = match (size(was), size(is)) {
        (Some(was), Some(is)) => is >= was,
        (Some(_), None) => matches!(is, "numeric") && length(new).is_none() || new.category == 'S',
        _ => false,
    };
    let is_text = new.category == 'S' && is != "character" && !new.kind.ends_with("[]");
    let is_shape_only = is_text
        && (length(new).is_none() || length(old).is_some_and(|was| length(new) >= Some(was)));
    let numeric = (was, is) == ("numeric", "numeric") && length(new).is_none();
    if old.kind == new.kind
        || widens
        || is_shape_only
        || numeric
        || was == "real" && is == "double precision"
    {
        return None;
    }
    Some(format!("what `{}` cannot hold of `{}`", new.kind, old.kind))
}
