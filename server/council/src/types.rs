//! What a change of a column's type does to its values.

use crate::schema::Type;
use crate::sql::{Token, TokenKind, spelt};

/// What becomes of the values when a column changes its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// The stored values stay as they are.
    Free,
    /// Every row is written again, and means the same.
    Rewrites,
    /// Values are cut, rounded or refused: how.
    Narrows(&'static str),
    /// What a value means depends on the session's time zone.
    Zone,
}

pub(crate) fn conversion(from: &Type, to: &Type) -> Conversion {
    if from == to || from.base.is_empty() {
        return if from == to { Conversion::Free } else { Conversion::Rewrites };
    }
    if from.is_array != to.is_array {
        return Conversion::Narrows("one value takes the place of several, or the other way round");
    }
    // Stored alike.
    if matches!((from.base.as_str(), to.base.as_str()), ("cidr", "inet") | ("bit", "bit varying")) {
        return Conversion::Free;
    }
    match (family(&from.base), family(&to.base)) {
        (Family::Text, Family::Text) => text(from, to),
        (Family::Integer, Family::Integer) if width(&to.base) < width(&from.base) => {
            Conversion::Narrows("larger numbers do not fit")
        }
        (Family::Integer, Family::Numeric) if to.arguments.is_empty() => Conversion::Rewrites,
        (Family::Numeric, Family::Numeric) => numeric(from, to),
        (Family::Numeric | Family::Float, Family::Integer) => {
            Conversion::Narrows("fractions are rounded")
        }
        (Family::Numeric, Family::Float) => Conversion::Narrows("exact numbers become inexact"),
        (Family::Float, Family::Float) if to.base == "real" && from.base != "real" => {
            Conversion::Narrows("digits are lost")
        }
        (Family::Moment, Family::Moment) if digits(to) < digits(from) => {
            Conversion::Narrows("fractions of a second are rounded")
        }
        (Family::Moment, Family::Moment) => moment(&from.base, &to.base),
        (Family::Text, Family::Other | Family::Json) | (_, Family::Text) => {
            if to.arguments.is_empty() {
                Conversion::Rewrites
            } else {
                Conversion::Narrows("longer values do not fit")
            }
        }
        (Family::Text, _) => Conversion::Narrows("texts that are no such value do not fit"),
        (Family::Json, Family::Json) if to.base == "jsonb" => Conversion::Rewrites,
        _ => Conversion::Rewrites,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Text,
    Integer,
    Numeric,
    Float,
    Moment,
    Json,
    Other,
}

fn family(base: &str) -> Family {
    match base {
        "text" | "varchar" | "char" | "citext" | "name" => Family::Text,
        "smallint" | "integer" | "bigint" | "serial" | "bigserial" | "smallserial" => {
            Family::Integer
        }
        "numeric" | "money" => Family::Numeric,
        "real" | "double precision" => Family::Float,
        "date" | "timestamp" | "timestamptz" | "time" | "timetz" => Family::Moment,
        "json" | "jsonb" => Family::Json,
        _ => Family::Other,
    }
}

/// Whether values of one could be meant by the other: a renamed column keeps its family.
pub(crate) fn is_alike(a: &Type, b: &Type) -> bool {
    let (of_a, of_b) = (family(&a.base), family(&b.base));
    if a.base.is_empty() || b.base.is_empty() {
        return true;
    }
    a.is_array == b.is_array && (a.base == b.base || (of_a == of_b && of_a != Family::Other))
}

fn width(base: &str) -> u8 {
    match base {
        "smallint" | "smallserial" => 2,
        "integer" | "serial" => 4,
        _ => 8,
    }
}

fn text(from: &Type, to: &Type) -> Conversion {
    let limit = |it: &Type| match it.base.as_str() {
        "char" => Some(it.arguments.first().copied().unwrap_or(1)),
        _ => it.arguments.first().copied(),
    };
    match (limit(from), limit(to)) {
        (_, None) if to.base == "citext" || from.base == "char" => Conversion::Rewrites,
        (_, None) => Conversion::Free,
        (Some(old), Some(new)) if new >= old && from.base == to.base && to.base == "varchar" => {
            Conversion::Free
        }
        (Some(old), Some(new)) if new >= old => Conversion::Rewrites,
        _ => Conversion::Narrows("longer values do not fit, or are cut"),
    }
}

fn numeric(from: &Type, to: &Type) -> Conversion {
    let (Some(to_digits), to_scale) = (to.arguments.first(), to.arguments.get(1).unwrap_or(&0))
    else {
        return Conversion::Free;
    };
    let Some(digits) = from.arguments.first() else {
        return Conversion::Narrows("digits are rounded away, or do not fit");
    };
    let scale = from.arguments.get(1).unwrap_or(&0);
    if to_scale < scale {
        Conversion::Narrows("digits behind the point are rounded away")
    } else if to_digits - to_scale < digits - scale {
        Conversion::Narrows("larger numbers do not fit")
    } else if to_scale == scale {
        Conversion::Free
    } else {
        Conversion::Rewrites
    }
}

/// Digits behind the second that a moment keeps.
fn digits(it: &Type) -> i64 {
    it.arguments.first().copied().unwrap_or(6)
}

fn moment(from: &str, to: &str) -> Conversion {
    match (from, to) {
        ("timestamp", "timestamptz") => Conversion::Zone,
        ("timestamptz", "timestamp") => Conversion::Zone,
        ("date", "timestamp") => Conversion::Rewrites,
        ("date", "timestamptz") => Conversion::Zone,
        _ if from == to => Conversion::Free,
        _ => Conversion::Narrows("the day or the time of day is lost"),
    }
}

/// What an expression of `using` loses, where it is more than a cast of the column.
pub(crate) fn lossy_using(column: &str, using: &[Token]) -> Option<&'static str> {
    const CUTS: [&str; 14] = [
        "left",
        "right",
        "substring",
        "substr",
        "round",
        "trunc",
        "floor",
        "ceil",
        "case",
        "nullif",
        "split_part",
        "date_trunc",
        "extract",
        "date_part",
    ];
    let mentions = using.iter().any(|it| it.text == column && it.kind != TokenKind::Text);
    if !mentions {
        return Some("the old values are not used at all");
    }
    let is_cut = |it: &Token| it.kind == TokenKind::Word && CUTS.contains(&it.text.as_str());
    using.iter().any(is_cut).then_some("different values become the same, or are cut")
}

/// Whether an expression names its zone: `column at time zone 'UTC'`.
pub(crate) fn names_zone(using: &[Token]) -> bool {
    spelt(using).contains("at time zone")
}

/// Whether values of one type become another's without being told how, when they are written.
/// Types of which nothing is known are taken to.
///
/// Source: PostgreSQL, `pg_cast`, contexts `i` and `a`; to a text from anything.
pub(crate) fn has_cast(from: &Type, to: &Type) -> bool {
    if from.is_array != to.is_array {
        return family(&to.base) == Family::Text && !to.is_array;
    }
    if from.base == to.base || from.is_array {
        return true;
    }
    let (of_from, of_to) = (family(&from.base), family(&to.base));
    match (of_from, of_to) {
        (_, Family::Text) => true,
        (Family::Text, Family::Other) => false,
        (Family::Other, Family::Other) => !is_plain(&from.base) || !is_plain(&to.base),
        (Family::Other, _) => !is_plain(&from.base),
        (_, Family::Other) => !is_plain(&to.base),
        (Family::Text, _) => false,
        (Family::Moment, Family::Moment) => !matches!(
            (from.base.as_str(), to.base.as_str()),
            ("time" | "timetz", "date" | "timestamp" | "timestamptz") | ("date", "time" | "timetz")
        ),
        (Family::Json, Family::Json) => true,
        (a, b) if a == b => true,
        (
            Family::Integer | Family::Numeric | Family::Float,
            Family::Integer | Family::Numeric | Family::Float,
        ) => true,
        _ => false,
    }
}

/// Built-in types of no family that are cast to none of the others.
fn is_plain(base: &str) -> bool {
    matches!(base, "boolean" | "uuid" | "bytea" | "interval" | "point" | "tsvector")
}

/// Whether the server can compare values of the two, as a foreign key does. Types of which nothing
/// is known are taken to be comparable.
pub(crate) fn is_comparable(a: &Type, b: &Type) -> bool {
    let known = |it: &Type| family(&it.base) != Family::Other || is_plain(&it.base);
    if !known(a) || !known(b) || a.base == b.base {
        return true;
    }
    let is_number = |it: Family| matches!(it, Family::Integer | Family::Numeric | Family::Float);
    let (of_a, of_b) = (family(&a.base), family(&b.base));
    a.is_array == b.is_array
        && of_a != Family::Other
        && (of_a == of_b || is_number(of_a) && is_number(of_b))
}
