//! Markdown as a list of blocks with places, read incrementally.
//!
//! A text is cut into chunks at places where no block can be open (before an ATX heading, or before
//! a flush-left paragraph after a blank line), and each chunk is parsed alone by tree-sitter. An
//! edit costs its own chunk; chunks that kept their bytes are shared by content. What a heading
//! means is not decided here.

mod chunks;
#[cfg(test)]
mod queries;
mod read;

pub use crate::markdown::chunks::{Resplit, resplit, split};
pub use crate::markdown::read::Reader;

use model::Span;

/// A run of blocks that is parsed on its own; spans inside count from its start.
#[derive(Debug, Clone)]
pub struct Chunk {
    pub text: Box<str>,
    /// xxh3 of the text.
    pub hash: u64,
    pub blocks: Vec<Block>,
    tree: tree_sitter::Tree,
}

impl Chunk {
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
}

/// One block, in document order; what an item or quote holds follows it with a greater depth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub kind: BlockKind,
    /// All of it, markers and fences included.
    pub span: Span,
    /// Its inline content: heading text, first paragraph of an item, code inside a fence.
    pub text: Span,
    /// How many list items hold it.
    pub depth: u8,
    pub quoted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    FrontMatter,
    /// `level` is 1 to 6, and 7 for a bold line that stands for a heading.
    Heading {
        level: u8,
        repaired: bool,
    },
    Paragraph,
    Item {
        number: Option<u32>,
        checked: Option<bool>,
    },
    Table {
        header: Vec<Span>,
        rows: Vec<Vec<Span>>,
    },
    /// `lang` is the first word of the info string in lower case; empty for indented code.
    Fence {
        lang: String,
    },
    Html,
    Comment,
    Break,
}
