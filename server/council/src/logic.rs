//! What can be told of a condition without knowing rows: conditions are in one spelling
//! ([`crate::sql::spelt`]).

use crate::schema::{ConstraintKind, Table};

/// Whether a condition holds for every row: `true`, `1 = 1`, `a or true`, …
pub(crate) fn is_always_true(text: &str) -> bool {
    is_true_for(text, None)
}

/// Like [`is_always_true`]; knows which columns of a table are never null, and its key.
pub(crate) fn is_always_true_of(text: &str, table: &Table) -> bool {
    is_true_for(text, Some(table))
}

fn is_true_for(text: &str, table: Option<&Table>) -> bool {
    let text = bare(text);
    let disjuncts = split(text, " or ");
    if disjuncts.len() > 1 {
        return disjuncts.iter().any(|it| is_true_for(it, table)) || is_exhaustive(&disjuncts);
    }
    let conjuncts = split(text, " and ");
    if conjuncts.len() > 1 && !text.contains(" between ") {
        return conjuncts.iter().all(|it| is_true_for(it, table));
    }
    if matches!(
        text,
        "true"
            | "'t'"
            | "'true'::boolean"
            | "true::boolean"
            | "not false"
            | "1"
            | "select true"
            | "null is null"
            | "exists(select 1)"
            | "exists(select true)"
    ) || is_true_of_constants(text)
    {
        return true;
    }
    if let Some(table) = table
        && let Some((column, inner)) =
            text.split_once(" in(").or_else(|| text.split_once(" = any("))
        && let Some(filter) = own_rows(column, inner.strip_suffix(')').unwrap_or(inner), table)
    {
        return filter.is_empty() || is_true_for(filter, Some(table));
    }
    if table.is_some_and(|it| is_of_target(text, it)) {
        return true;
    }
    if let Some((left, right)) = text.split_once(" = ")
        && left == right
        && !left.contains('(')
    {
        return true;
    }
    if let Some(inner) = text.strip_suffix(" is not null") {
        let is_constant = inner.starts_with('\'') || inner.bytes().all(|it| it.is_ascii_digit());
        return is_constant
            || table.is_some_and(|it| it.column(inner).is_some_and(|it| it.not_null));
    }
    if let Some((left, right)) = text.split_once(" is not distinct from ")
        && left == right
    {
        return true;
    }
    if table.is_some_and(|it| is_past(text, it)) {
        return true;
    }
    if let Some(column) = text.strip_suffix(" like '%'")
        && let Some(table) = table
    {
        return table.column(column).is_some_and(|it| it.not_null);
    }
    let above = [" > 0", " >= 0", " > - 1", " >= 1", " <> 0", " != 0", " >= - 1", " <> - 1"];
    let left = above.iter().find_map(|it| text.strip_suffix(it));
    left.is_some_and(|it| {
        is_length(it) && text.ends_with(" >= 0") || table.is_some_and(|table| is_number(it, table))
    })
}

/// A column that one of several conditions compares with itself, without the name of a table.
pub(crate) fn compared_with_itself(text: &str) -> Option<String> {
    split(bare(text), " and ").into_iter().find_map(|it| {
        let (left, right) = bare(it).split_once(" = ")?;
        let mut letters = left.chars();
        let is_name = letters.next().is_some_and(|it| it.is_alphabetic() || it == '_')
            && letters.all(|it| it.is_alphanumeric() || it == '_');
        (left == right && is_name).then(|| left.to_owned())
    })
}

/// Whether a condition asks that the moment when a row was made is past: `created_at < now()`.
fn is_past(text: &str, table: &Table) -> bool {
    const NOW: [&str; 4] = ["now()", "current_timestamp", "datetime('now')", "clock_timestamp()"];
    let compared = text.split_once(" <= ").or_else(|| text.split_once(" < "));
    let Some((column, moment)) = compared else { return false };
    let column = table.column(column).filter(|it| it.not_null);
    let is_made = column.and_then(|it| it.default.as_deref());
    NOW.contains(&moment) && is_made.is_some_and(|it| NOW.iter().any(|now| it.contains(now)))
}

/// Whether a column holds keys, of its own table or of another: these are counted from 1.
fn is_number(column: &str, table: &Table) -> bool {
    let Some(column) = table.column(column).filter(|it| it.not_null) else { return false };
    let is_key = |it: &&crate::schema::Constraint| {
        matches!(it.kind, ConstraintKind::Primary | ConstraintKind::Foreign)
    };
    let has_it = |it: &crate::schema::Constraint| it.columns.contains(&column.name);
    table.constraints.iter().filter(is_key).any(has_it)
}

fn is_length(text: &str) -> bool {
    ["length(", "char_length(", "octet_length(", "abs("].iter().any(|it| text.starts_with(it))
}

/// Whether one of the conditions holds whatever the rest is: `a is null or a is not null`.
fn is_exhaustive(disjuncts: &[&str]) -> bool {
    disjuncts.iter().any(|it| {
        let opposite =
            |end: &str, other: &str| it.strip_suffix(end).map(|it| format!("{it}{other}"));
        let opposite = opposite(" is null", " is not null")
            .or_else(|| it.split_once(" = ").map(|(a, b)| format!("{a} <> {b}")))
            .or_else(|| Some(format!("not {it}")));
        opposite.is_some_and(|of| disjuncts.contains(&of.as_str()))
    })
}

/// `1 < 2`, `2 <> 1`, `'a' <> 'b'`: both sides are constants.
fn is_true_of_constants(text: &str) -> bool {
    let number = |it: &str| it.replace("- ", "-").parse::<f64>().ok();
    let compared = ["<>", "!=", "<=", ">=", "<", ">", "="].into_iter().find_map(|sign| {
        let (left, right) = text.split_once(&format!(" {sign} "))?;
        Some((sign, number(left)?.partial_cmp(&number(right)?)?))
    });
    use std::cmp::Ordering::{Equal, Greater, Less};
    matches!(
        compared,
        Some(
            ("<>" | "!=", Less | Greater)
                | ("<=", Less | Equal)
                | (">=", Greater | Equal)
                | ("<", Less)
                | (">", Greater)
                | ("=", Equal)
        )
    )
}

/// The condition of `select COLUMN from TABLE where …` over the same column of the same table;
/// empty without one.
fn own_rows<'a>(column: &str, query: &'a str, table: &Table) -> Option<&'a str> {
    if !table.column(column)?.not_null {
        return None;
    }
    let rest = query.strip_prefix(&format!("select {column} from {}", table.name))?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix(" where ") }
}

/// Whether a condition asks no more than that the row refers to a row of the table to which a foreign
/// key leads, which each row does: `c in(select id from t)`, `exists(select 1 from t where t.id = c)`.
fn is_of_target(text: &str, table: &Table) -> bool {
    let bare = |it: &str| it.rsplit('.').next().unwrap_or(it).to_owned();
    table.constraints.iter().any(|key| {
        let ([column], Some(target)) = (&key.columns[..], &key.target) else { return false };
        if !key.is_validated || !table.column(column).is_some_and(|it| it.not_null) {
            return false;
        }
        let is_it = |name: &str| target.columns.first().is_none_or(|it| *it == bare(name));
        if let Some((left, inner)) = text.split_once(" in(select ") {
            let inner = inner.strip_suffix(')').unwrap_or(inner);
            let Some((chosen, from)) = inner.split_once(" from ") else { return false };
            return bare(left) == *column && from == target.table && is_it(chosen);
        }
        let Some(query) = text.strip_prefix("exists(select ") else { return false };
        let query = query.strip_suffix(')').unwrap_or(query);
        let Some((from, filter)) =
            query.split_once(" from ").and_then(|it| it.1.split_once(" where "))
        else {
            return false;
        };
        let words: Vec<&str> = from.split(' ').collect();
        let sides = filter.split_once(" = ");
        words.first() == Some(&target.table.as_str())
            && words.len() <= 3
            && !filter.contains(" and ")
            && sides.is_some_and(|(a, b)| {
                [(a, b), (b, a)].into_iter().any(|(a, b)| bare(a) == *column && is_it(b) && a != b)
            })
    })
}

/// A condition in the spelling that others with the same meaning share: a call in a query of its
/// own, which PostgreSQL runs once for all rows, is the call, and equality has an order.
pub(crate) fn canonical(text: &str) -> String {
    let text = without_lone_queries(text);
    let turned = |it: &str| match it.split_once(" = ") {
        Some((left, right)) if left > right && !is_compound(it) => format!("{right} = {left}"),
        _ => it.to_owned(),
    };
    let all = conjuncts(&text);
    // One with alternatives stays in its parentheses beside others.
    let is_alone = all.len() == 1;
    let held = |it: &str| match is_alone || split(it, " or ").len() == 1 {
        true => turned(it),
        false => format!("({})", turned(it)),
    };
    all.into_iter().map(held).collect::<Vec<_>>().join(" and ")
}

fn is_compound(text: &str) -> bool {
    split(text, " or ").len() > 1 || text.contains(" from ") || text.matches(" = ").count() > 1
}

/// `(select f())` as `f()`.
fn without_lone_queries(text: &str) -> String {
    const START: &str = "(select ";
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(START) {
        let inner = &rest[at + START.len()..];
        let Some(end) = closing(inner) else { break };
        let (query, behind) = (&inner[..end], &inner[end + 1..]);
        let is_lone = is_one_word(query);
        out.push_str(&rest[..at]);
        if is_lone {
            let is_glued = out.is_empty() || out.ends_with(['(', ' ']);
            out.push_str(if is_glued { "" } else { " " });
            out.push_str(query);
            rest = behind;
        } else {
            out.push_str(START);
            rest = inner;
        }
    }
    out + rest
}

/// Whether no blank stands outside of parentheses and texts.
fn is_one_word(text: &str) -> bool {
    let (mut depth, mut is_text) = (0_i32, false);
    text.chars().all(|it| {
        match it {
            '\'' => is_text = !is_text,
            '(' if !is_text => depth += 1,
            ')' if !is_text => depth -= 1,
            _ => {}
        }
        it != ' ' || is_text || depth > 0
    })
}

/// Where the parenthesis closes that is open before the text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1_i32;
    text.char_indices().find_map(|(at, it)| {
        depth += match it {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        (depth == 0).then_some(at)
    })
}

/// Whether a condition holds for no row: `false`, `1 = 0`, `a and false`.
pub(crate) fn is_never_true(text: &str) -> bool {
    let text = bare(text);
    let disjuncts = split(text, " or ");
    if disjuncts.len() > 1 {
        return disjuncts.iter().all(|it| is_never_true(it));
    }
    let is_false = |it: &&str| {
        matches!(
            *it,
            "false"
                | "'f'"
                | "'false'::boolean"
                | "false::boolean"
                | "not true"
                | "1 = 0"
                | "0 = 1"
                | "1 = 2"
                | "null"
        )
    };
    split(text, " and ").iter().any(is_false)
}

/// Whether `narrow` can only hold where one of `wide` does, as far as words show.
pub(crate) fn is_implied(narrow: &str, wide: &[&str]) -> bool {
    let narrow = canonical(narrow);
    let wide: Vec<String> = wide.iter().map(|it| canonical(it)).collect();
    is_implied_as_spelt(&narrow, &wide.iter().map(String::as_str).collect::<Vec<_>>())
}

fn is_implied_as_spelt(narrow: &str, wide: &[&str]) -> bool {
    let of_narrow = conjuncts(narrow);
    let has = |part: &&str| of_narrow.contains(part);
    let by_one = |it: &&str| {
        let it = bare(it);
        is_always_true(it) || conjuncts(it).iter().all(has)
    };
    let disjuncts = split(bare(narrow), " or ");
    if disjuncts.len() > 1 {
        return disjuncts.iter().all(|it| is_implied_as_spelt(it, wide));
    }
    let parts: Vec<&str> = wide.iter().flat_map(|it| split(bare(it), " or ")).collect();
    parts.iter().any(by_one) || of_narrow.iter().any(|it| matches!(*it, "false"))
}

/// The conditions that all have to hold, also those within parentheses.
pub(crate) fn conjuncts(text: &str) -> Vec<&str> {
    let parts = split(bare(text), " and ");
    match parts.len() {
        1 => parts,
        _ => parts.into_iter().flat_map(conjuncts).collect(),
    }
}

/// The conditions of which one suffices.
pub(crate) fn disjuncts(text: &str) -> Vec<&str> {
    split(bare(text), " or ")
}

/// A condition without parentheses around all of it.
fn bare(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        let mut depth = 0_i32;
        let closes_early = inner.chars().any(|it| {
            depth += match it {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth < 0
        });
        if closes_early {
            break;
        }
        text = inner.trim();
    }
    text
}

/// Whether a word stands there, before a blank or a parenthesis.
fn is_at(text: &str, at: usize, word: &str) -> bool {
    let rest = text[at..].strip_prefix(word.trim_end());
    rest.is_some_and(|it| it.starts_with([' ', '(']))
}

/// Cuts at a word outside of parentheses and texts.
pub(crate) fn split<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let (mut depth, mut is_text, mut start, mut out) = (0_i32, false, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '\'' => is_text = !is_text,
            '(' if !is_text => depth += 1,
            ')' if !is_text => depth -= 1,
            ' ' if !is_text && depth == 0 && at >= start && is_at(text, at, word) => {
                out.push(bare(&text[start..at]));
                start = at + word.trim_end().len();
            }
            _ => {}
        }
    }
    out.push(bare(&text[start..]));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_for_every_row_are_known() {
        for it in ["true", "((true))", "a = 1 or true", "1 = 1", "(a = 2) or (1 = 1)", "x = x"] {
            assert!(is_always_true(it), "{it}");
        }
        for it in ["a = 1", "false", "a = 1 and true", "f(a) = f(a)", "b = 'x or true'"] {
            assert!(!is_always_true(it), "{it}");
        }
    }

    #[test]
    fn conditions_that_hold_for_every_row_of_a_table_are_known() {
        let base = "create table t (id integer primary key, n text not null, m text);";
        let subject = crate::Subject::of_migration(migrate::plan::Dialect::Sqlite, base, "", None);
        let schema = crate::change::base(&subject).expect("it is SQL");
        let table = schema.table("t").expect("it was made");
        for it in [
            "id >= 0",
            "n like '%'",
            "m is null or m is not null",
            "1 < 2",
            "length(n) >= 0",
            "id in(select id from t)",
            "id in(select id from t where id > 0)",
        ] {
            assert!(is_always_true_of(it, table), "{it}");
        }
        for it in ["id > 7", "m like '%'", "2 < 1", "id in(select id from t where m = 'x')"] {
            assert!(!is_always_true_of(it, table), "{it}");
        }
    }

    #[test]
    fn a_conjunction_narrows() {
        assert!(is_implied("a = 1 and b = 2", &["b = 2"]));
        assert!(is_implied("(b = 2 and a = 1)", &["c = 1", "a = 1"]));
        assert!(is_implied("a = 1 or b = 2", &["b = 2 or a = 1"]));
        assert!(!is_implied("a = 1 or b = 2", &["a = 1"]));
        assert!(!is_implied("a = 1", &["a = 1 and b = 2"]));
        assert!(is_implied(
            "(a = 1 and c = 3) and (a = 1 and b = 2)",
            &["(a = 1) and (a = 1 and b = 2)"]
        ));
        assert!(is_implied("a = 1", &["true"]));
        assert!(is_implied("a = 1 and(b = 2 or c = 3)", &["a = 1"]));
        assert!(!is_implied("a = 1 and(b = 2 or c = 3)", &["b = 2"]));
        assert!(is_implied("(select f()) = a", &["a = f()"]));
        assert!(is_implied("(select f()) in(a, b)", &["f() in(a, b)"]));
        assert!(!is_implied("a =(select f(b) from c)", &["a = f(b)"]));
    }
}
