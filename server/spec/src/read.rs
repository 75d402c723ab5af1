//! Readers: each turns the blocks of one chunk into facts.

mod headings;

pub(crate) use crate::read::headings::{Meaning, heading};

use crate::facts::{Fact, ScopedBlock};
use crate::format::Format;
use text::markdown::{Block, Chunk};

/// What a reader sees: one chunk, its blocks under their scopes.
pub(crate) struct ChunkCx<'a> {
    pub(crate) chunk: &'a Chunk,
    pub(crate) blocks: &'a [ScopedBlock],
    pub(crate) format: Format,
}

impl<'a> ChunkCx<'a> {
    pub(crate) fn blocks(&self) -> impl Iterator<Item = (&'a Block, &'a ScopedBlock)> {
        self.blocks.iter().map(|it| (&self.chunk.blocks[it.index], it))
    }
}

/// Runs every reader over a chunk.
pub(crate) fn read(_cx: &ChunkCx<'_>, _out: &mut Vec<Fact>) {}
