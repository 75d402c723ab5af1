//! What the comments of a schema tell, as far as rules believe them. What a change says of itself
//! is not believed.

use super::cx::Cx;
use crate::schema::Id;
use model::Risk;

/// In lower case.
pub(super) fn comment_before(cx: &Cx, id: Id) -> Option<String> {
    cx.change.before.comments.get(&id).map(|it| it.to_lowercase())
}

/// Whether a comment that was there before says that nobody needs what a table or a column holds.
pub(super) fn is_disused(cx: &Cx, id: Id) -> bool {
    comment_before(cx, id).is_some_and(|it| says_disused(&it))
}

/// What it costs that a table or a column goes whose comment says that nobody needs it: little where
/// it also says that nothing is in it, or that it may go. `None` without such a comment.
pub(super) fn risk_of_disused(cx: &Cx, id: Id) -> Option<Risk> {
    const MAY_GO: [&str; 11] = [
        "may be dropped",
        "can be dropped",
        "safe to drop",
        "to be dropped",
        "to be removed",
        "remove at will",
        "no longer needed",
        "never shipped",
        "scratch",
        "copied to",
        "moved to",
    ];
    let comment = comment_before(cx, id).filter(|it| says_disused(it))?;
    let is_free = says_empty(&comment)
        || says_unwritten(&comment)
        || MAY_GO.iter().any(|it| comment.contains(it));
    Some(if is_free { Risk::Low } else { Risk::Medium })
}

/// Whether a comment that was there before says that a column is not for everybody.
pub(super) fn says_secret(cx: &Cx, id: Id) -> bool {
    const SAYS: [&str; 12] = [
        "secret",
        "confidential",
        "must never",
        "must not be shown",
        "must not reach",
        "never shown",
        "not to be shown",
        "internal only",
        "for staff only",
        "do not expose",
        "geheim",
        "vertraulich",
    ];
    comment_before(cx, id).is_some_and(|text| SAYS.iter().any(|it| text.contains(it)))
}

/// Whether a comment that was there before says that what looks like a mistake is none.
pub(super) fn says_on_purpose(cx: &Cx, id: Id) -> bool {
    const SAYS: [&str; 5] = ["on purpose", "by design", "deliberate", "intentional", "intended to"];
    comment_before(cx, id).is_some_and(|text| SAYS.iter().any(|it| text.contains(it)))
}

/// Whether a comment that was there before says that rows share a value.
pub(super) fn says_shared(cx: &Cx, id: Id) -> bool {
    const SAYS: [&str; 4] = ["not unique", "share one", "shared by", "may repeat"];
    comment_before(cx, id).is_some_and(|text| SAYS.iter().any(|it| text.contains(it)))
}

/// What a comment that was there before says of how many rows a table has, or how busy it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    Small,
    Large,
}

/// Whether a comment that was there before says that a table has few rows.
pub(super) fn is_small(cx: &Cx, id: Id) -> bool {
    size(cx, id) == Some(Size::Small)
}

/// Whether comments that were there before tell the size of some tables, so that one of which they
/// say nothing is none of the large ones.
pub(super) fn any_size(cx: &Cx) -> bool {
    cx.change.before.tables.iter().any(|it| size(cx, it.id).is_some())
}

/// What a comment that was there before says of the size of a table.
pub(super) fn size(cx: &Cx, id: Id) -> Option<Size> {
    size_of(&comment_before(cx, id)?)
}

fn says_disused(comment: &str) -> bool {
    const SAYS: [&str; 24] = [
        "feature removed",
        "switched off",
        "out of use",
        "no longer in use",
        "retired in",
        "remove at will",
        "deprecated",
        "unused",
        "disused",
        "obsolete",
        "scratch",
        "not used",
        "no longer used",
        "no longer needed",
        "never used",
        "never shipped",
        "can be dropped",
        "may be dropped",
        "safe to drop",
        "to be dropped",
        "to be removed",
        "veraltet",
        "unbenutzt",
        "obsolète",
    ];
    const NEEDED: [&str; 6] =
        ["still", "noch", "encore", "do not drop", "must be kept", "must not"];
    let is_told = SAYS.iter().any(|it| comment.contains(it))
        || clauses(comment).any(|it| denies(&it, &READ))
        || says_left(comment) && says_empty(comment);
    is_told && !NEEDED.iter().any(|it| comment.contains(it))
}

const READ: [&str; 12] = [
    "read", "reads", "reader", "readers", "use", "uses", "used", "need", "needs", "needed",
    "shows", "queries",
];

const WRITTEN: [&str; 6] = ["write", "writes", "written", "fills", "filled", "writer"];

/// The words of each part of a comment that says one thing.
fn clauses(comment: &str) -> impl Iterator<Item = Vec<&str>> {
    let parts = comment.split([';', ':', '.', ',', '(', ')']);
    parts.map(|it| it.split_whitespace().collect())
}

/// Whether words say that nobody does something, without exception: "no client reads it".
fn denies(words: &[&str], what: &[&str]) -> bool {
    const NOBODY: [&str; 7] = ["no", "nothing", "nobody", "none", "never", "not", "neither"];
    const BUT: [&str; 18] = [
        "than", "but", "except", "besides", "only", "must", "may", "should", "shall", "can",
        "cannot", "until", "unless", "yet", "when", "for", "by", "directly",
    ];
    // "no client and no job reads"
    const WORDS_BETWEEN_MAX: usize = 5;
    let is_denied = words.iter().enumerate().any(|(at, word)| {
        let mut behind = words[at + 1..].iter().take(WORDS_BETWEEN_MAX + 1);
        NOBODY.contains(word) && behind.any(|it| what.contains(it))
    });
    is_denied && !words.iter().any(|it| BUT.contains(it))
}

/// Whether nobody writes any more either what nobody reads.
fn says_unwritten(comment: &str) -> bool {
    clauses(comment).any(|it| denies(&it, &READ) && it.iter().any(|it| WRITTEN.contains(it)))
}

/// Whether a comment says that something is left of what is over.
fn says_left(comment: &str) -> bool {
    const SAYS: [&str; 7] =
        ["retired", "removed", "left over", "leftover", "finished", "cancelled", "abandoned"];
    SAYS.iter().any(|it| comment.contains(it))
}

/// Whether a comment says that a table has no rows, or a column no values.
fn says_empty(comment: &str) -> bool {
    const SAYS: [&str; 15] = [
        "emptied",
        "set to null",
        "is empty",
        "always empty",
        "empty since",
        "truncated",
        "rows deleted",
        "data deleted",
        "no rows",
        "null everywhere",
        "always null",
        "null in all rows",
        "null in every row",
        "never shipped",
        "scratch",
    ];
    const AT_TIMES: [&str; 8] = ["not", "never", "if", "when", "while", "until", "unless", "for"];
    let is_empty = |it: &[&str]| {
        matches!(it, ["empty", ..] | [.., "empty"] | ["0", "rows", ..])
            && !it.iter().any(|it| AT_TIMES.contains(it))
    };
    SAYS.iter().any(|it| comment.contains(it)) || clauses(comment).any(|it| is_empty(&it))
}

fn size_of(comment: &str) -> Option<Size> {
    const ROWS_MAX: u64 = 10_000;
    const BUSY: [&str; 10] = [
        "million",
        "billion",
        "busiest",
        "busy",
        "hot table",
        "largest",
        "biggest",
        "all day",
        "every request",
        "per second",
    ];
    let words = || comment.split(|it: char| it.is_whitespace() || ";:,.()".contains(it));
    let is_busy = |it: &str| it == "hot" || it.ends_with("/s");
    if BUSY.iter().any(|it| comment.contains(it)) || words().any(is_busy) {
        return Some(Size::Large);
    }
    let n_rows = match comment.split_once("rows:") {
        Some((_, behind)) => behind.split_whitespace().find_map(number)?,
        None => {
            let (before, _) = comment.split_once(" rows")?;
            let words: Vec<&str> = before.split_whitespace().collect();
            match words.as_slice() {
                [.., "few" | "handful" | "dozen" | "dozens" | "hundred" | "hundreds"] => {
                    return Some(Size::Small);
                }
                [.., "thousand" | "thousands"] => ROWS_MAX + 1,
                // "30 000 rows"
                [.., thousands, last] if number(thousands).is_some() && last.len() == 3 => {
                    number(&format!("{thousands}{last}"))?
                }
                [.., last] => number(last)?,
                [] => return None,
            }
        }
    };
    Some(if n_rows <= ROWS_MAX { Size::Small } else { Size::Large })
}

/// A number of rows: `4,000`, `~300`, `55m`.
fn number(word: &str) -> Option<u64> {
    let word = word.trim_matches(['~', '<', '>', ';', ',', '.', '(', ')']);
    let (digits, factor) = match word.strip_suffix(['k', 'm', 'b']) {
        Some(digits) if word.ends_with('k') => (digits, 1_000.0),
        Some(digits) => (digits, 1_000_000.0),
        None => return word.replace([',', '.', '_'], "").parse().ok(),
    };
    digits.parse::<f64>().ok().filter(|it| *it >= 0.0).map(|it| (it * factor) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_tell_what_nobody_needs() {
        for it in [
            "no code uses it",
            "dead since 5.0: no client and no job reads or writes it",
            "not filled and not read since 2020",
            "replaced in v41, no reader left",
            "left over from the import, empty",
            "0 rows; made for the cancelled pilot",
            "unused since 2023, null in every row",
        ] {
            assert!(says_disused(it), "{it}");
        }
        for it in [
            "not read by the app",
            "no code but the report reads it",
            "no more than three uses each",
            "removed rows are kept; empty when the order is open",
            "no reader may change it",
            "nobody reads it until the letter is sent",
            "no code uses it, the report still does",
            "empty when the order is open",
            "not filled for guests",
        ] {
            assert!(!says_disused(it), "{it}");
        }
    }

    #[test]
    fn comments_tell_sizes() {
        let check =
            |comment: &str, size: Option<Size>| assert_eq!(size_of(comment), size, "{comment}");
        check("about 400 rows", Some(Size::Small));
        check("rows: 300", Some(Size::Small));
        check("size: 55m rows / 400 gb", Some(Size::Large));
        check("rows: 48m, private", Some(Size::Large));
        check("2.5k rows", Some(Size::Small));
        check("written 400/s at peak", Some(Size::Large));
        check("hot: each order is here", Some(Size::Large));
        check("photos of the shop", None);
    }
}
