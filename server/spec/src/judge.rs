//! Weighs the facts of a whole spec into one detection.

use crate::analysis::PlacedFacts;
use model::Detection;

pub(crate) fn judge(_documents: &[Vec<PlacedFacts>]) -> Detection {
    Detection::default()
}
