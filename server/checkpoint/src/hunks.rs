//! Parts of a file's change: chosen ones taken over, and recorded ones undone under later edits.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::ops::Range;

/// Lines that differ, counted from zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hunk {
    pub(crate) old: Range<usize>,
    pub(crate) new: Range<usize>,
}

/// Texts with more lines are treated as a whole.
const N_LINES_MAX: usize = 50_000;

/// The lines of a text with their ends; `None` for what is no text or too long for a look at lines.
pub(crate) fn lines(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    if bytes.iter().take(8_000).any(|it| *it == 0) {
        return None;
    }
    let lines: Vec<&[u8]> = bytes.split_inclusive(|it| *it == b'\n').collect();
    (lines.len() <= N_LINES_MAX).then_some(lines)
}

pub(crate) fn hunks(old: &[&[u8]], new: &[&[u8]]) -> Vec<Hunk> {
    let mut out: Vec<Hunk> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, old, new) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (old, new) = (op.old_range(), op.new_range());
        match out.last_mut() {
            Some(last) if last.old.end == old.start && last.new.end == new.start => {
                last.old.end = old.end;
                last.new.end = new.end;
            }
            _ => out.push(Hunk { old, new }),
        }
    }
    out
}

/// `current` with the chosen hunks (counted from one) as `target` has them; `None` when one of them
/// does not exist or a text is none.
pub(crate) fn take(current: &[u8], target: &[u8], chosen: &[usize]) -> Option<Vec<u8>> {
    let (old, new) = (lines(current)?, lines(target)?);
    let hunks = hunks(&old, &new);
    if chosen.iter().any(|it| *it == 0 || *it > hunks.len()) {
        return None;
    }
    let mut out = Vec::new();
    let mut at = 0;
    for (index, hunk) in hunks.iter().enumerate() {
        out.extend(old[at..hunk.old.start].concat());
        let taken = if chosen.contains(&(index + 1)) {
            &new[hunk.new.clone()]
        } else {
            &old[hunk.old.clone()]
        };
        out.extend(taken.concat());
        at = hunk.old.end;
    }
    out.extend(old[at..].concat());
    Some(out)
}

/// A text with recorded changes undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undone {
    pub(crate) text: Vec<u8>,
    pub(crate) n_undone: usize,
    /// Changes that later edits touch; they were left.
    pub(crate) n_left: usize,
}

/// Undoes in `current` what led from `before` to `after`, and keeps what was edited since.
///
/// A change is undone when its lines are as it left them and no later edit touches them; one that
/// adds or removes lines needs the lines around its place for that.
pub(crate) fn undo(before: &[u8], after: &[u8], current: &[u8]) -> Option<Undone> {
    let (before, after, current) = (lines(before)?, lines(after)?, lines(current)?);
    let recorded = hunks(&after, &before);
    let since = hunks(&after, &current);
    let mut out = Undone { text: Vec::new(), n_undone: 0, n_left: 0 };
    let mut at = 0;
    for hunk in &recorded {
        let is_touched = |it: &Hunk| it.old.start <= hunk.old.end && hunk.old.start <= it.old.end;
        if since.iter().any(is_touched) {
            out.n_left += 1;
            continue;
        }
        let (start, end) = (moved(hunk.old.start, &since), moved(hunk.old.end, &since));
        out.text.extend(current[at..start].concat());
        out.text.extend(before[hunk.new.clone()].concat());
        out.n_undone += 1;
        at = end;
    }
    out.text.extend(current[at..].concat());
    Some(out)
}

/// Makes the change of a text from `before` to `after` in `current`, which was edited since
/// `before`; parts that those edits touch are left. `None` for what is too long or no text.
#[must_use]
pub fn carried(before: &str, after: &str, current: &str) -> Option<String> {
    // To make a change is to undo the one that leads back.
    let done = undo(after.as_bytes(), before.as_bytes(), current.as_bytes())?;
    String::from_utf8(done.text).ok()
}

/// Where a line that no edit touches has come to lie.
fn moved(line: usize, edits: &[Hunk]) -> usize {
    let before = edits.iter().filter(|it| it.old.end <= line);
    before.fold(line, |line, it| line + it.new.len() - it.old.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    fn check(before: &str, after: &str, current: &str, expect: Expect) {
        let spread = |it: &str| it.replace(' ', "\n") + "\n";
        let (before, after, current) = (spread(before), spread(after), spread(current));
        let done = undo(before.as_bytes(), after.as_bytes(), current.as_bytes()).expect("texts");
        let text = String::from_utf8(done.text).expect("text").trim().replace('\n', " ");
        expect.assert_eq(&format!("{text} ({} undone, {} left)", done.n_undone, done.n_left));
    }

    #[test]
    fn what_was_recorded_is_undone_and_later_edits_stay() {
        check("a b c d e", "a B c d e", "a B c d E", expect!["a b c d E (1 undone, 0 left)"]);
        check("a b c", "a b x c", "new a b x c", expect!["new a b c (1 undone, 0 left)"]);
        check("a b c", "a c", "a c tail end", expect!["a b c tail end (1 undone, 0 left)"]);
    }

    #[test]
    fn a_change_that_a_later_edit_touches_is_left() {
        check(
            "a b c d e f",
            "a B c d e F",
            "a mine c d e F",
            expect!["a mine c d e f (1 undone, 1 left)"],
        );
        check("a b c", "a x b c", "a x mine b c", expect!["a x mine b c (0 undone, 1 left)"]);
    }

    #[test]
    fn a_change_is_made_under_later_edits() {
        let made = |current| carried("a\nb\nc\nd\ne\n", "A\nb\nc\nd\nE\n", current);
        assert_eq!(made("a\nb\nown\nd\ne\n").as_deref(), Some("A\nb\nown\nd\nE\n"));
        assert_eq!(made("a\nb\nc\nown\nmine\n").as_deref(), Some("A\nb\nc\nown\nmine\n"));
    }

    #[test]
    fn chosen_hunks_are_taken_over() {
        let taken = |chosen: &[usize]| {
            take(b"a\nb\nc\nd\n", b"A\nb\nC\nd\n", chosen).map(|it| String::from_utf8(it).unwrap())
        };
        assert_eq!(taken(&[2]).as_deref(), Some("a\nb\nC\nd\n"));
        assert_eq!(taken(&[1, 2]).as_deref(), Some("A\nb\nC\nd\n"));
        assert_eq!(taken(&[3]), None);
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(
            prop_oneof![Just("a\n"), Just("b\n"), Just("c\n"), Just("é\r\n")],
            0..12,
        )
        .prop_map(|it| it.concat().into_bytes())
    }

    proptest! {
        #[test]
        fn without_later_edits_all_is_undone(before in text(), after in text()) {
            let done = undo(&before, &after, &after).expect("texts");
            prop_assert_eq!(done.n_left, 0);
            prop_assert_eq!(done.text, before);
        }

        #[test]
        fn without_a_recorded_change_nothing_is(same in text(), current in text()) {
            let done = undo(&same, &same, &current).expect("texts");
            prop_assert_eq!(done.text, current);
        }

        #[test]
        fn all_hunks_make_the_target(current in text(), target in text()) {
            let n = hunks(&lines(&current).expect("text"), &lines(&target).expect("text")).len();
            let all: Vec<usize> = (1..=n).collect();
            prop_assert_eq!(take(&current, &target, &all), Some(target));
            prop_assert_eq!(take(&current, &current, &[]), Some(current));
        }
    }
}
