//! One text of a spec, cut into chunks that survive edits.

use model::{RelPath, Span};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use text::line_index::LineIndex;
use text::markdown::{self, Chunk, Reader};

/// A text and its chunks; cheap to clone.
#[derive(Debug, Clone)]
pub struct Document {
    /// Below the workspace root; `None` for standard input and unsaved buffers.
    pub path: Option<RelPath>,
    pub text: Arc<str>,
    pub lines: Arc<LineIndex>,
    pub chunks: Vec<PlacedChunk>,
}

/// A chunk and where it starts.
#[derive(Debug, Clone)]
pub struct PlacedChunk {
    pub start: usize,
    pub chunk: Arc<Chunk>,
}

impl Document {
    /// Reads a text from nothing.
    #[must_use]
    pub fn new(path: Option<RelPath>, text: Arc<str>) -> Self {
        Self::read(path, text, &[])
    }

    /// The document after its text became `text`; unchanged chunks are shared, and a chunk edited
    /// in place is parsed from its old tree.
    #[must_use]
    pub fn with_text(&self, text: Arc<str>) -> Self {
        Self::read(self.path.clone(), text, &self.chunks)
    }

    /// The bytes of `span`; empty when it lies outside.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    fn read(path: Option<RelPath>, text: Arc<str>, old: &[PlacedChunk]) -> Self {
        let known: FxHashMap<u64, &Arc<Chunk>> =
            old.iter().map(|it| (it.chunk.hash, &it.chunk)).collect();
        let ranges = markdown::split(&text);
        let mut reader = None;
        let mut chunks: Vec<PlacedChunk> = Vec::with_capacity(ranges.len());
        // The old chunk at the same distance from the last one that was kept.
        let mut next_old = 0;
        for range in ranges {
            let body = &text[range.clone()];
            let hash = xxhash_rust::xxh3::xxh3_64(body.as_bytes());
            let kept = known.get(&hash).filter(|it| &*it.text == body);
            let chunk = match kept {
                Some(chunk) => Arc::clone(chunk),
                None => {
                    let reader = reader.get_or_insert_with(Reader::new);
                    Arc::new(reader.read(body, old.get(next_old).map(|it| &*it.chunk)))
                }
            };
            let same = old.get(next_old).is_some_and(|it| Arc::ptr_eq(&it.chunk, &chunk));
            if same || kept.is_none() {
                next_old += 1;
            } else if let Some(at) = old.iter().position(|it| Arc::ptr_eq(&it.chunk, &chunk)) {
                next_old = at + 1;
            }
            chunks.push(PlacedChunk { start: range.start, chunk });
        }
        let lines = Arc::new(LineIndex::new(&text));
        Self { path, text, lines, chunks }
    }
}
