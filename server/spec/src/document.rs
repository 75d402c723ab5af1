//! One text of a spec, cut into chunks that survive edits.

use crate::format::Signs;
use crate::parallel;
use model::{RelPath, Span};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;
use text::line_index::LineIndex;
use text::markdown::{self, Chunk, Reader};

/// A text and its chunks; cheap to clone.
#[derive(Debug, Clone)]
pub struct Document {
    /// Below the workspace root; `None` for standard input and unsaved buffers.
    pub path: Option<RelPath>,
    pub text: Arc<str>,
    /// The text as it is read: the same, unless all of it stands in a fence.
    body: Arc<str>,
    pub lines: Arc<LineIndex>,
    pub chunks: Vec<PlacedChunk>,
}

/// A chunk and where it starts.
#[derive(Debug, Clone)]
pub struct PlacedChunk {
    pub start: usize,
    pub chunk: Arc<Chunk>,
    pub signs: Signs,
}

impl Document {
    /// Reads a text from nothing.
    #[must_use]
    pub fn new(path: Option<RelPath>, text: Arc<str>) -> Self {
        Self::read(path, text, None)
    }

    /// A text that is no Markdown: it has lines, and nothing is read of it.
    #[must_use]
    pub fn unread(path: Option<RelPath>, text: Arc<str>) -> Self {
        let lines = Arc::new(LineIndex::new(&text));
        Self { path, body: Arc::clone(&text), text, lines, chunks: Vec::new() }
    }

    /// The document after its text became `text`; unchanged chunks are shared, and a chunk edited
    /// in place is parsed from its old tree.
    #[must_use]
    pub fn with_text(&self, text: Arc<str>) -> Self {
        Self::read(self.path.clone(), text, Some(self))
    }

    /// The bytes of `span`; empty when it lies outside.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    fn read(path: Option<RelPath>, text: Arc<str>, old: Option<&Self>) -> Self {
        let lines = Arc::new(LineIndex::new(&text));
        let body = unwrapped(&text);
        let chunks = match old {
            None => read_chunks(&body, markdown::split(&body), &[]),
            Some(old) => old.chunks_of(&body),
        };
        Self { path, text, body, lines, chunks }
    }

    /// The chunks of a later version of this document.
    fn chunks_of(&self, text: &str) -> Vec<PlacedChunk> {
        let starts: Vec<usize> = self.chunks.iter().map(|it| it.start).collect();
        let cut = markdown::resplit(&self.body, &starts, text);
        let back = self.chunks.len() - cut.n_back;
        let mut chunks = Vec::with_capacity(cut.n_front + cut.middle.len() + cut.n_back);
        chunks.extend_from_slice(&self.chunks[..cut.n_front]);
        chunks.extend(read_chunks(text, cut.middle, &self.chunks[cut.n_front..back]));
        chunks.extend(self.chunks[back..].iter().map(|it| PlacedChunk {
            start: it.start + text.len() - self.body.len(),
            ..it.clone()
        }));
        chunks
    }
}

/// A text whose first line opens a fence of Markdown, as it is pasted from a chat, without that
/// fence: its lines become blanks, so that every place stays where it is.
fn unwrapped(text: &Arc<str>) -> Arc<str> {
    let lead = text.len() - text.trim_start().len();
    let first = text[lead..].lines().next().unwrap_or_default();
    let info = first.trim_start_matches('`');
    let n_marks = first.len() - info.len();
    let info = info.trim();
    if n_marks < 3 || !(info.eq_ignore_ascii_case("markdown") || info.eq_ignore_ascii_case("md")) {
        return Arc::clone(text);
    }
    let is_fence = |it: &&str| it.trim_start().starts_with("```");
    let rest = &text[lead + first.len()..];
    let last = rest.trim_end().rsplit('\n').next().unwrap_or_default();
    // What the fence held has fences of its own, which come in pairs.
    let closes = last.trim().bytes().all(|it| it == b'`')
        && last.trim().len() >= 3
        && rest.lines().filter(is_fence).count() % 2 == 1;
    let mut body = String::with_capacity(text.len());
    body.push_str(&text[..lead]);
    body.extend(std::iter::repeat_n(' ', first.len()));
    let end = rest.trim_end().len() - if closes { last.len() } else { 0 };
    body.push_str(&rest[..end]);
    if closes {
        body.extend(std::iter::repeat_n(' ', last.len()));
    }
    body.push_str(&rest[rest.trim_end().len()..]);
    body.into()
}

/// A stretch of text that no known chunk has.
struct Unread<'a> {
    /// Where its chunk goes.
    index: usize,
    body: &'a str,
    old: Option<&'a Chunk>,
}

/// Reads `ranges` of `text`; `old` are the chunks that stood there before the text changed.
fn read_chunks(text: &str, ranges: Vec<Range<usize>>, old: &[PlacedChunk]) -> Vec<PlacedChunk> {
    let known: FxHashMap<u64, &PlacedChunk> = old.iter().map(|it| (it.chunk.hash, it)).collect();
    let mut chunks: Vec<Option<(Arc<Chunk>, Signs)>> = Vec::with_capacity(ranges.len());
    let mut unread = Vec::new();
    for (index, range) in ranges.iter().enumerate() {
        let body = &text[range.clone()];
        let hash = xxhash_rust::xxh3::xxh3_64(body.as_bytes());
        let kept = known.get(&hash).filter(|it| &*it.chunk.text == body);
        if kept.is_none() {
            // Most edits leave the number of chunks as it was; another one's tree only costs time.
            unread.push(Unread { index, body, old: old.get(index).map(|it| &*it.chunk) });
        }
        chunks.push(kept.map(|it| (Arc::clone(&it.chunk), it.signs)));
    }
    let read = parallel::map(
        &unread,
        |it| it.body.len(),
        |part| {
            let mut reader = Reader::new();
            let mut read =
                |it: &Unread<'_>| (Arc::new(reader.read(it.body, it.old)), Signs::of(it.body));
            part.iter().map(&mut read).collect()
        },
    );
    for (unread, chunk) in unread.iter().zip(read) {
        chunks[unread.index] = Some(chunk);
    }
    (ranges.iter().zip(chunks))
        .map(|(range, chunk)| {
            let (chunk, signs) = chunk.expect("what was not known was read");
            PlacedChunk { start: range.start, chunk, signs }
        })
        .collect()
}
