//! What the EARS rules share.

use super::SpecCx;
use super::cx::{BlockCx, Line};
use super::notes::PlacedNote;
use crate::requirements::{self, Ears};

/// The notes that stand in documents which state their requirements in EARS.
pub(super) fn in_files_that_use_it<'a>(
    cx: &SpecCx<'_>,
    notes: &'a [PlacedNote<'a>],
) -> impl Iterator<Item = &'a PlacedNote<'a>> {
    let uses: Vec<bool> = if notes.is_empty() {
        Vec::new()
    } else {
        cx.analysis.facts.iter().map(|it| requirements::uses_ears(it)).collect()
    };
    notes.iter().filter(move |it| uses.get(it.document.0 as usize).copied().unwrap_or(false))
}

/// The lines of a chunk that may hold EARS.
pub(super) fn lines<'a, 'b>(cx: &'b BlockCx<'a>) -> impl Iterator<Item = &'b Line<'a>> {
    let may = Ears::may_be_in(&cx.chunk.chunk.text);
    cx.lines.iter().filter(move |it| may && !it.is_heading() && Ears::may_be_in(it.text()))
}

/// Whether nothing stands where a subject should.
pub(super) fn is_empty_subject(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}
