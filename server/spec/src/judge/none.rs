//! Whether a spec needs no backend at all; decided by positive evidence only.

use super::Facts;
use model::Detection;

pub(super) fn weigh(_facts: Facts<'_>, _detection: &mut Detection) {}
