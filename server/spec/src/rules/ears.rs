//! What the EARS rules share.

use super::SpecCx;
use super::notes::PlacedNote;
use crate::requirements;

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

/// The article or pronoun that begins many noun phrases, to tell a subject from nothing.
pub(super) fn is_empty_subject(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}
