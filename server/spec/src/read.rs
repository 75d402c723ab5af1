//! Readers: each turns the blocks of one chunk into facts.

pub(crate) mod clauses;
pub(crate) mod fold;
mod headings;
mod language;
pub(crate) mod lexicon;
mod needs;
mod tables;
mod triggers;

pub(crate) use crate::read::headings::heading;
pub(crate) use crate::read::language::Language;
pub(crate) use crate::read::needs::PRODUCT_KIND;
pub(crate) use crate::read::tables::{lexicon as nouns, names};

use crate::facts::{Fact, ScopedBlock};
use crate::format::Format;
use text::markdown::{Block, Chunk};

/// What a reader sees: one chunk, its blocks under their scopes.
pub(crate) struct ChunkCx<'a> {
    pub(crate) chunk: &'a Chunk,
    pub(crate) blocks: &'a [ScopedBlock],
    pub(crate) format: Format,
    /// The chunk's own; where that is too short or mixed to tell, the document's.
    pub(crate) language: Language,
}

impl<'a> ChunkCx<'a> {
    pub(crate) fn blocks(&self) -> impl Iterator<Item = (&'a Block, &'a ScopedBlock)> {
        self.blocks.iter().map(|it| (&self.chunk.blocks[it.index], it))
    }
}

/// Tells the language of a text; `None` when it is too short or mixed.
pub(crate) fn language(text: &str) -> Option<Language> {
    language::detect(text)
}

/// The language of a part of a document that is written in `outer`.
pub(crate) fn language_in(text: &str, outer: Language) -> Language {
    language::detect_in(text, outer)
}

/// Runs every reader over a chunk.
pub(crate) fn read(cx: &ChunkCx<'_>, out: &mut Vec<Fact>) {
    let passages = clauses::passages(cx);
    tables::read(cx, &passages, out);
    needs::read(cx, &passages, out);
}
