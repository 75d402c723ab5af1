//! Readers of everything that is not a table.

use super::ChunkCx;
use crate::facts::Fact;

pub(super) fn read(_cx: &ChunkCx<'_>, _out: &mut Vec<Fact>) {}
