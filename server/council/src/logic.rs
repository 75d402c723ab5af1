//! What can be told of a condition without knowing rows: conditions are in one spelling
//! ([`crate::sql::spelt`]).

use crate::schema::Table;

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
        return disjuncts.iter().any(|it| is_true_for(it, table));
    }
    let conjuncts = split(text, " and ");
    if conjuncts.len() > 1 && !text.contains(" between ") {
        return conjuncts.iter().all(|it| is_true_for(it, table));
    }
    if matches!(
        text,
        "true" | "'t'" | "'true'::boolean" | "true::boolean" | "not false" | "1" | "select true"
    ) {
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
    let above = [" > 0", " >= 0", " > - 1", " >= 1", " <> 0"];
    let key = table.and_then(Table::primary_key).filter(|it| it.columns.len() == 1);
    key.is_some_and(|key| {
        above.iter().any(|it| text.strip_suffix(it) == Some(key.columns[0].as_str()))
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
    let of_narrow = split(bare(narrow), " and ");
    let has = |part: &&str| of_narrow.contains(part);
    let by_one = |it: &&str| {
        let it = bare(it);
        is_always_true(it) || split(it, " and ").iter().all(has)
    };
    let disjuncts = split(bare(narrow), " or ");
    if disjuncts.len() > 1 {
        return disjuncts.iter().all(|it| is_implied(it, wide));
    }
    let parts: Vec<&str> = wide.iter().flat_map(|it| split(bare(it), " or ")).collect();
    parts.iter().any(by_one) || of_narrow.iter().any(|it| matches!(*it, "false"))
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

/// Cuts at a word outside of parentheses and texts.
fn split<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let (mut depth, mut is_text, mut start, mut out) = (0_i32, false, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '\'' => is_text = !is_text,
            '(' if !is_text => depth += 1,
            ')' if !is_text => depth -= 1,
            ' ' if !is_text && depth == 0 && at >= start && text[at..].starts_with(word) => {
                out.push(bare(&text[start..at]));
                start = at + word.len();
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
    fn a_conjunction_narrows() {
        assert!(is_implied("a = 1 and b = 2", &["b = 2"]));
        assert!(is_implied("(b = 2 and a = 1)", &["c = 1", "a = 1"]));
        assert!(is_implied("a = 1 or b = 2", &["b = 2 or a = 1"]));
        assert!(!is_implied("a = 1 or b = 2", &["a = 1"]));
        assert!(!is_implied("a = 1", &["a = 1 and b = 2"]));
        assert!(is_implied("a = 1", &["true"]));
    }
}
