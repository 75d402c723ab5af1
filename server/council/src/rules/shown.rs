//! What a view shows, as far as its query tells by words.

use crate::logic::{conjuncts, split};
use crate::schema::{Schema, View};

/// A query that reads once: what it lists, where from, and the conditions that all have to hold.
/// Columns are without the names of their tables.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) items: Vec<String>,
    pub(super) from: String,
    pub(super) conditions: Vec<String>,
}

/// `None` where a query is made of several, or counts.
pub(super) fn shown(view: &View) -> Option<Shown> {
    let query = view.query.strip_prefix("select ")?;
    if split(query, " union ").len() > 1 || split(query, " group by ").len() > 1 {
        return None;
    }
    let [items, rest] = split(query, " from ")[..] else { return None };
    let rest = [" order by ", " limit "].iter().fold(rest, |it, word| split(it, word)[0]);
    let (from, filter) = match split(rest, " where ")[..] {
        [from, filter] => (from, filter),
        _ => (rest, ""),
    };
    let mut conditions: Vec<String> = Vec::new();
    // What is asked of a joined row is asked as well, unless it is only one that may be missing.
    for joined in split(from, " join ").into_iter().skip(1).filter(|_| !from.contains(" left join"))
    {
        if let [_, on] = split(joined, " on ")[..] {
            conditions.extend(conjuncts(on).into_iter().map(unqualified));
        }
    }
    conditions.extend(conjuncts(filter).into_iter().filter(|it| !it.is_empty()).map(unqualified));
    let named = |it: &str| split(it, " as ")[0].to_owned();
    let items = items.split(", ").map(|it| unqualified(&named(it))).collect();
    // Of one table the other name that it has in the query says nothing.
    let is_one = !from.contains([',', '(']) && !from.contains(" join ");
    let from = if is_one { from.split(' ').next().unwrap_or(from) } else { from }.to_owned();
    Some(Shown { items, from, conditions })
}

/// Whether a view that is written anew still asks all that it asked; `false` for one that asked
/// nothing.
pub(super) fn keeps_conditions(was: &View, now: &View) -> bool {
    let (Some(was), Some(now)) = (shown(was), shown(now)) else { return false };
    let is_kept = |it: &String| now.conditions.contains(it);
    !was.conditions.is_empty() && was.conditions.iter().all(is_kept)
}

/// Whether one view shows nothing that the other does not show.
pub(super) fn shows_no_more(one: &View, other: &View) -> bool {
    let (Some(one), Some(other)) = (shown(one), shown(other)) else { return false };
    one.from == other.from
        && one.items.iter().all(|it| other.items.contains(it))
        && other.conditions.iter().all(|it| one.conditions.contains(it))
}

/// Whether all of the roles may read another view that was there before and shows as much.
pub(super) fn is_shown_already(before: &Schema, view: &View, roles: &[String]) -> bool {
    before.views.iter().any(|it| {
        shows_no_more(view, it)
            && roles.iter().all(|role| {
                let own = |of: &&(String, String, String)| of.0 == it.name && of.1 == *role;
                before.grants.iter().filter(own).any(|it| matches!(it.2.as_str(), "select" | "all"))
            })
    })
}

/// A condition without the names of tables before its columns.
pub(super) fn unqualified(text: &str) -> String {
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    let mut out = String::new();
    let (mut is_text, mut word) = (false, 0);
    for letter in text.chars() {
        if letter == '\'' {
            is_text = !is_text;
        }
        if !is_text && letter == '.' && out[word..].starts_with(|it: char| it.is_alphabetic()) {
            out.truncate(word);
            continue;
        }
        out.push(letter);
        if is_text || !is_part(letter) {
            word = out.len();
        }
    }
    out
}
