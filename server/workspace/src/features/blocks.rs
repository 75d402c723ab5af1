//! The blocks of a document with spans that count from the document's start.

use model::Span;
use spec::Document;
use text::markdown::{Block, BlockKind, Chunk};

/// A block and where its chunk starts.
#[derive(Clone, Copy)]
pub(super) struct Placed<'a> {
    pub(super) block: &'a Block,
    chunk: &'a Chunk,
    start: usize,
}

impl<'a> Placed<'a> {
    /// All of the block without the blank space behind it.
    pub(super) fn span(&self) -> Span {
        let body = self.chunk.slice(self.block.span);
        let start = self.block.span.range().start;
        Span::new(start, start + body.trim_end().len()).shift(self.start)
    }

    /// The block's inline content.
    pub(super) fn text(&self) -> Span {
        self.block.text.shift(self.start)
    }

    /// A span of the block's own, such as a table cell.
    pub(super) fn place(&self, span: Span) -> Span {
        span.shift(self.start)
    }

    pub(super) fn slice(&self) -> &'a str {
        self.chunk.slice(self.block.text)
    }

    pub(super) fn heading_level(&self) -> Option<u8> {
        match self.block.kind {
            BlockKind::Heading { level, .. } => Some(level),
            _ => None,
        }
    }
}

/// All blocks in document order.
pub(super) fn blocks(document: &Document) -> impl Iterator<Item = Placed<'_>> {
    document.chunks.iter().flat_map(|placed| {
        placed.chunk.blocks.iter().map(|block| Placed {
            block,
            chunk: &placed.chunk,
            start: placed.start,
        })
    })
}

/// A heading and all that stands under it.
pub(super) struct Section<'a> {
    pub(super) level: u8,
    pub(super) title: &'a str,
    pub(super) title_span: Span,
    /// From the heading to the last thing before the next heading of the same or a higher rank.
    pub(super) span: Span,
}

/// The sections of a document in order of their headings; an outer one comes before its inner ones.
pub(super) fn sections(document: &Document) -> Vec<Section<'_>> {
    let mut out: Vec<Section<'_>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for heading in blocks(document) {
        let Some(level) = heading.heading_level() else { continue };
        let start = heading.span().range().start;
        while open.last().is_some_and(|it| out[*it].level >= level) {
            close(document, &mut out, open.pop(), start);
        }
        open.push(out.len());
        let (title, title_span) = (heading.slice(), heading.text());
        out.push(Section { level, title, title_span, span: heading.span() });
    }
    while let Some(index) = open.pop() {
        close(document, &mut out, Some(index), document.text.len());
    }
    out
}

fn close(document: &Document, out: &mut [Section<'_>], index: Option<usize>, end: usize) {
    let Some(section) = index.and_then(|it| out.get_mut(it)) else { return };
    let start = section.span.range().start;
    let body = document.text.get(start..end).unwrap_or_default();
    section.span = Span::new(start, start + body.trim_end().len());
}

/// How the document ends its lines.
pub(super) fn newline(document: &Document) -> &'static str {
    if document.text.contains("\r\n") { "\r\n" } else { "\n" }
}
