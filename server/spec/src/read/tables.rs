//! Readers of data models: tables, columns, relations and the entities that prose names.

use super::ChunkCx;
use crate::facts::Fact;

pub(super) fn read(_cx: &ChunkCx<'_>, _out: &mut Vec<Fact>) {}
