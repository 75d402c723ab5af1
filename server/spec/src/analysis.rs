//! One pass over the documents of a spec, with a cache between passes.

use crate::document::Document;
use crate::facts::{ChunkFacts, ScopedBlock};
use crate::format::Format;
use crate::judge;
use crate::parallel;
use crate::read::{self, ChunkCx, Language};
use crate::rules::{self, Levels};
use crate::scope::Scope;
use model::{Detection, Diagnostic, Modality};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use text::markdown::{Block, BlockKind, Chunk};

/// Facts of one chunk and where the chunk starts.
#[derive(Debug, Clone)]
pub struct PlacedFacts {
    pub start: usize,
    pub facts: Arc<ChunkFacts>,
}

/// What a spec says, and what is wrong with it.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// Per document, in order of its text.
    pub facts: Vec<Vec<PlacedFacts>>,
    pub formats: Vec<Format>,
    pub detection: Detection,
    /// Sorted by document, place and rule.
    pub diagnostics: Vec<Diagnostic>,
}

/// Analyses again and again, keeping the facts of chunks that did not change.
#[derive(Debug, Default)]
pub struct Analyzer {
    cache: FxHashMap<(u64, u64), Arc<ChunkFacts>>,
    levels: Arc<Levels>,
}

impl Analyzer {
    /// Starts with an empty cache; another set of levels needs another analyzer.
    #[must_use]
    pub fn new(levels: Arc<Levels>) -> Self {
        Self { cache: FxHashMap::default(), levels }
    }

    /// Reads the documents of one spec, in reading order.
    pub fn analyze(&mut self, documents: &[Document]) -> Analysis {
        let mut used = FxHashMap::default();
        let formats: Vec<Format> = documents.iter().map(crate::format::detect).collect();
        let facts: Vec<Vec<PlacedFacts>> = documents
            .iter()
            .zip(&formats)
            .map(|(document, format)| self.read(document, *format, &mut used))
            .collect();
        self.cache = used;
        let detection = judge::judge(&facts);
        let mut analysis = Analysis { facts, formats, detection, diagnostics: Vec::new() };
        analysis.diagnostics = rules::check(documents, &analysis, &self.levels);
        analysis
    }

    fn read(
        &self,
        document: &Document,
        format: Format,
        used: &mut FxHashMap<(u64, u64), Arc<ChunkFacts>>,
    ) -> Vec<PlacedFacts> {
        let mut scope = Scope::default();
        let language = read::language(&document.text).unwrap_or_default();
        let kind = (format as u64) << 56 | (language as u64) << 48;
        let mut out: Vec<Option<PlacedFacts>> = Vec::with_capacity(document.chunks.len());
        let mut unread = Vec::new();
        for (index, placed) in document.chunks.iter().enumerate() {
            let key = (placed.chunk.hash, scope.key() ^ kind);
            let known = used.get(&key).or_else(|| self.cache.get(&key));
            if let Some(facts) = known.filter(|it| is_of(it, &placed.chunk)).cloned() {
                scope = facts.scope_after.clone();
                used.insert(key, Arc::clone(&facts));
                out.push(Some(PlacedFacts { start: placed.start, facts }));
            } else {
                let (blocks, scope_after) = scoped_blocks(&placed.chunk, scope);
                scope = scope_after.clone();
                unread.push(Unread { index, key, chunk: &placed.chunk, blocks, scope_after });
                out.push(None);
            }
        }
        let facts = parallel::map(
            &unread,
            |it| it.chunk.text.len(),
            |part| {
                let read = |it| Arc::new(chunk_facts(it, format, language, &self.levels));
                part.iter().map(read).collect()
            },
        );
        for (it, facts) in unread.iter().zip(facts) {
            used.insert(it.key, Arc::clone(&facts));
            let start = document.chunks[it.index].start;
            out[it.index] = Some(PlacedFacts { start, facts });
        }
        out.into_iter().flatten().collect()
    }
}

/// A chunk whose facts are not known yet.
struct Unread<'a> {
    index: usize,
    key: (u64, u64),
    chunk: &'a Arc<Chunk>,
    blocks: Vec<ScopedBlock>,
    scope_after: Scope,
}

/// Whether the facts were read from the same bytes, and not from others with the same hash.
fn is_of(facts: &ChunkFacts, chunk: &Arc<Chunk>) -> bool {
    Arc::ptr_eq(&facts.chunk, chunk) || facts.chunk.text == chunk.text
}

/// Gives each block its scope; also the scope behind the last.
fn scoped_blocks(chunk: &Chunk, mut scope: Scope) -> (Vec<ScopedBlock>, Scope) {
    let mut blocks = Vec::with_capacity(chunk.blocks.len());
    let mut label: Option<Label> = None;
    for (index, block) in chunk.blocks.iter().enumerate() {
        if let BlockKind::Heading { level, .. } = block.kind {
            scope = scope.enter(level, &text::inline::plain(chunk.slice(block.text)).text);
            label = None;
        }
        label = label.filter(|it| it.covers(block));
        if let Some(own) = Label::of(block, chunk, &scope) {
            label = Some(own);
        }
        let scope = label.as_ref().map_or(&scope, |it| &it.scope);
        let is_done = matches!(block.kind, BlockKind::Item { checked: Some(true), .. })
            && scope.modality() == Modality::LaterPhase;
        let scope = if is_done { scope.done() } else { scope.clone() };
        blocks.push(ScopedBlock { index, scope });
    }
    (blocks, scope)
}

fn chunk_facts(
    unread: &Unread<'_>,
    format: Format,
    document_language: Language,
    levels: &Levels,
) -> ChunkFacts {
    let Unread { chunk, blocks, scope_after, .. } = unread;
    let mut facts = Vec::new();
    let language = read::language_in(&chunk.text, document_language);
    let cx = ChunkCx { chunk, blocks, format, language };
    read::read(&cx, &mut facts);
    let requirements = crate::requirements::read(&cx);
    let report = rules::check_chunk(&cx, levels);
    ChunkFacts {
        chunk: Arc::clone(chunk),
        blocks: blocks.clone(),
        facts,
        findings: report.findings,
        notes: report.notes,
        allows: report.allows,
        requirements,
        scope_after: scope_after.clone(),
    }
}

/// A reservation that heads a list without being a heading: `Out of scope:` before its items, or
/// an item `Future: …` with what it holds.
struct Label {
    scope: Scope,
    /// Depth of what it covers at least.
    depth: u8,
    items_only: bool,
}

impl Label {
    fn of(block: &Block, chunk: &Chunk, scope: &Scope) -> Option<Self> {
        const LABEL_CHARS_MAX: usize = 60;
        let items_only = match block.kind {
            BlockKind::Paragraph => true,
            BlockKind::Item { .. } => false,
            _ => return None,
        };
        let text = chunk.slice(block.text);
        let line = text.lines().next_back().filter(|_| items_only).unwrap_or(text);
        let head = line.split_inclusive([':', '：']).next()?;
        let is_label = head.ends_with([':', '：']) && head.chars().count() <= LABEL_CHARS_MAX;
        let opens_list = !items_only || head.len() == line.trim_end().len();
        if !is_label || !opens_list {
            return None;
        }
        let title = text::inline::plain(head).text;
        let title = title.trim_end_matches([':', '：']).trim();
        read::heading(title).modality?;
        let depth = if items_only { block.depth } else { block.depth + 1 };
        Some(Self { scope: scope.enter(8, title), depth, items_only })
    }

    fn covers(&self, block: &Block) -> bool {
        block.depth >= self.depth
            && (!self.items_only || matches!(block.kind, BlockKind::Item { .. }) || block.depth > 0)
    }
}
