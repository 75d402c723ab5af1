//! Sentences and clauses of a chunk's prose, and how far each reservation in them reaches.
//!
//! A reservation is a phrase that takes something out of what is to be built now: a negation, "in
//! phase 2", "nice to have", "for example". It is found by phrase and reaches a few words to one
//! side, further along a list, never past the clause. What is reserved is for the caller to ask,
//! by place. No grammar is parsed.
//!
//! Source: the triggers and windows follow NegEx (Chapman and others, 2001), with lists added.

use super::ChunkCx;
use super::fold::Folded;
use super::lexicon::{Hit, Lexicon, is_unspaced};
use super::triggers::{self, Trigger};
use model::{Modality, Span};
use std::ops::Range;
use std::sync::LazyLock;
use text::inline::{self, Plain};
use text::markdown::BlockKind;

/// How far a reservation reaches, in thirds of a word; a letter of an unspaced script counts one.
const REACH: usize = 18;
/// How far it reaches behind a comma or "or", when the part before was short.
const REACH_IN_LIST: usize = 15;
/// Longer sentences are cut, so that nothing is ever asked of more text.
const SENTENCE_BYTES_MAX: usize = 2_000;
/// Where a reservation has to start to speak for the whole passage.
const EARLY_BYTES_MAX: usize = 60;
/// Lines shorter than this are lines of their own; longer ones are wrapped prose.
const WRAPPED_LINE_BYTES_MIN: usize = 50;

static TRIGGERS: LazyLock<Lexicon<Trigger>> =
    LazyLock::new(|| Lexicon::new(triggers::PHRASES.iter().copied()));

/// What kind of block a passage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PassageKind {
    Heading,
    Paragraph,
    Item,
    /// One body row of a table.
    Row,
    /// One line of a fence without a language, such as a sketch of the architecture.
    Sketch,
}

/// The prose of one block, or of one row of a table.
#[derive(Debug, Clone)]
pub(crate) struct Passage {
    pub(crate) kind: PassageKind,
    /// Index into [`ChunkCx::blocks`].
    pub(crate) block: usize,
    /// The passage that leads into this one: the item above it, the paragraph before a list that
    /// ends in a colon, the header of a table.
    pub(crate) lead: Option<usize>,
    /// What the lead reserves for all that follows it.
    pub(crate) inherited: Modality,
    pub(crate) prose: Prose,
}

/// Folded text without Markdown, cut into sentences and clauses.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prose {
    /// Lower case, NFKC; every range below is into it.
    pub(crate) text: String,
    folded: Folded,
    plain: Plain,
    base: usize,
    source_bytes: usize,
    sentences: Vec<Range<usize>>,
    clauses: Vec<Range<usize>>,
    reaches: Vec<(Range<usize>, Modality)>,
    /// The strongest reservation that stands for the passage as a whole.
    status: Option<Modality>,
}

impl Prose {
    /// Reads inline Markdown that starts `base` bytes into the chunk; a row is one sentence.
    pub(crate) fn new(source: &str, base: usize, is_row: bool) -> Self {
        Self::read(source, base, is_row, ends_open(source))
    }

    /// Like [`Prose::new`]; what `leads` into a list may reserve all of it.
    fn read(source: &str, base: usize, is_row: bool, leads: bool) -> Self {
        let plain = inline::plain(source);
        let mut folded = Folded::new(&plain.text);
        let text = std::mem::take(&mut folded.text);
        let hits = TRIGGERS.find(&text);
        let sentences = bounded(&text, if is_row { Vec::new() } else { sentences(&text) });
        let clauses = clauses(&text, &sentences, &hits);
        let mut prose = Self {
            text,
            folded,
            plain,
            base,
            source_bytes: source.len(),
            sentences,
            clauses,
            reaches: Vec::new(),
            status: None,
        };
        prose.reserve(&hits, is_row, leads);
        prose.reaches.sort_by_key(|(range, _)| range.start);
        prose
    }

    /// The place of `range` in the chunk.
    pub(crate) fn span(&self, range: &Range<usize>) -> Span {
        let from = self.folded.source(range.start);
        let to = self.folded.source(range.end).max(from);
        let span = self.plain.source(from, to);
        let limit = self.source_bytes;
        Span::new(span.range().start.min(limit), span.range().end.min(limit)).shift(self.base)
    }

    /// The sentence around `at`.
    pub(crate) fn sentence(&self, at: usize) -> Range<usize> {
        part(&self.sentences, at)
    }

    /// The clause around `at`: a part of its sentence that is said in one breath.
    pub(crate) fn clause(&self, at: usize) -> Range<usize> {
        part(&self.clauses, at)
    }

    /// The strongest reservation that reaches `at`; `InScope` when there is none.
    pub(crate) fn modality(&self, at: usize) -> Modality {
        let behind = self.reaches.partition_point(|(range, _)| range.start <= at);
        // A reach lies in one sentence, so that those far before need not be asked.
        let near = self.reaches[..behind].iter().rev();
        let near = near.take_while(|(range, _)| range.start + SENTENCE_BYTES_MAX >= at);
        let reaching = near.filter(|(range, _)| range.contains(&at));
        reaching.map(|(_, modality)| *modality).max().unwrap_or(Modality::InScope)
    }

    /// What the text reserves for things listed below it: "not part of the first version:".
    pub(crate) fn leads_with(&self) -> Modality {
        self.status.unwrap_or(Modality::InScope)
    }

    fn reserve(&mut self, hits: &[Hit<Trigger>], is_row: bool, leads: bool) {
        for hit in hits {
            let at = hit.range.start;
            let clause = self.clause(at);
            let (range, modality) = match hit.meaning {
                Trigger::Break | Trigger::Pseudo => continue,
                Trigger::Before(modality) => {
                    (hit.range.start..forward(&self.text, hit.range.end, clause.end), modality)
                }
                Trigger::After(modality) | Trigger::Status(modality) if is_row => {
                    (self.sentence(at), modality)
                }
                Trigger::After(modality) => {
                    (backward(&self.text, at, clause.start)..hit.range.end, modality)
                }
                Trigger::Status(modality) => {
                    let range = parenthesis(&self.text, &self.sentence(at), &hit.range);
                    (range.unwrap_or(clause), modality)
                }
            };
            let whole = range.end >= self.text.trim_end_matches([':', ' ']).len();
            let early = at <= EARLY_BYTES_MAX && self.text[..at].split_whitespace().count() <= 6;
            let is_status = matches!(hit.meaning, Trigger::Status(_) | Trigger::After(_));
            if early && (is_status || (leads && whole)) {
                self.status = self.status.max(Some(modality));
            }
            self.reaches.push((range, modality));
        }
    }
}

/// The passages of a chunk, in order; comments and code with a language are left out.
pub(crate) fn passages(cx: &ChunkCx<'_>) -> Vec<Passage> {
    let mut out: Vec<Passage> = Vec::new();
    // The items that are open, by depth, and what leads into the list itself.
    let mut items: Vec<(u8, usize)> = Vec::new();
    let mut intro: Option<usize> = None;
    for (index, (block, _)) in cx.blocks().enumerate() {
        items.retain(|(depth, _)| *depth < block.depth);
        let lead = items.last().map(|(_, it)| *it).or(intro);
        match &block.kind {
            BlockKind::Heading { repaired, .. } => {
                items.clear();
                let at = push(cx, &mut out, PassageKind::Heading, index, block.text, None);
                // "Not supported:" leads into a list whether or not it counts as a heading.
                intro = repaired.then_some(at);
            }
            BlockKind::Paragraph | BlockKind::Html => {
                let held = items.last().map(|(_, it)| *it);
                let at = push(cx, &mut out, PassageKind::Paragraph, index, block.text, held);
                if held.is_none() {
                    let opens = out[at].prose.text.trim_end().ends_with(':');
                    intro = opens.then_some(at);
                }
            }
            BlockKind::Item { .. } => {
                let at = push(cx, &mut out, PassageKind::Item, index, block.text, lead);
                items.push((block.depth, at));
            }
            BlockKind::Table { header, rows } => {
                let lead = row(header).map_or(lead, |span| {
                    let at = push(cx, &mut out, PassageKind::Row, index, span, lead);
                    // A header names its columns; it reserves nothing.
                    out[at].prose.reaches.clear();
                    out[at].prose.status = None;
                    Some(at)
                });
                for span in rows.iter().filter_map(|it| row(it)) {
                    push(cx, &mut out, PassageKind::Row, index, span, lead);
                }
                intro = None;
            }
            BlockKind::Fence { lang } if is_sketch(lang) => {
                for span in lines(cx.chunk.slice(block.text), block.text) {
                    push(cx, &mut out, PassageKind::Sketch, index, span, None);
                }
            }
            _ => {}
        }
    }
    out
}

fn is_sketch(lang: &str) -> bool {
    matches!(lang, "" | "text" | "txt" | "plaintext" | "markdown" | "md")
}

fn push(
    cx: &ChunkCx<'_>,
    out: &mut Vec<Passage>,
    kind: PassageKind,
    block: usize,
    span: Span,
    lead: Option<usize>,
) -> usize {
    let is_row = kind == PassageKind::Row;
    let whole = &cx.chunk.blocks[cx.blocks[block].index];
    // A line that stands for a heading has its colon outside its text.
    let end = if kind == PassageKind::Heading { whole.span.end } else { span.end };
    let written = cx.chunk.slice(Span { start: span.start, end });
    let leads = ends_open(written);
    let prose = Prose::read(cx.chunk.slice(span), span.range().start, is_row, leads);
    let inherited = lead.map_or(Modality::InScope, |it| {
        let lead = &out[it];
        lead.inherited.max(lead.prose.leads_with())
    });
    out.push(Passage { kind, block, lead, inherited, prose });
    out.len() - 1
}

/// Whether Markdown ends in a colon.
fn ends_open(source: &str) -> bool {
    source.trim_end_matches([' ', '\n', '\r', '*', '_']).ends_with([':', '：'])
}

/// A row from its first cell to its last.
fn row(cells: &[Span]) -> Option<Span> {
    let (first, last) = (cells.first()?, cells.last()?);
    (first.start <= last.end).then(|| first.cover(*last))
}

fn lines(body: &str, place: Span) -> impl Iterator<Item = Span> {
    body.split_inclusive('\n').scan(place.range().start, |at, line| {
        let start = *at;
        *at += line.len();
        Some(Span::new(start, start + line.trim_end().len()))
    })
}

fn part(parts: &[Range<usize>], at: usize) -> Range<usize> {
    let index = parts.partition_point(|it| it.end <= at);
    parts.get(index).or(parts.last()).cloned().unwrap_or(0..0)
}

fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut line_start = 0;
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let next = bytes.get(end).copied();
        let ends = match c {
            '。' => true,
            '.' => next.is_none_or(|it| it.is_ascii_whitespace()) && !is_abbreviated(text, at),
            '!' | '?' => next.is_none_or(|it| it.is_ascii_whitespace() || !it.is_ascii()),
            '\n' => {
                let short = at - line_start < WRAPPED_LINE_BYTES_MIN;
                line_start = end;
                short
            }
            _ => false,
        };
        if ends && end > start {
            out.push(start..end);
            start = end;
        }
    }
    if start < text.len() || out.is_empty() {
        out.push(start..text.len());
    }
    out
}

/// The same parts, those too long cut between words; the whole text when there are none.
fn bounded(text: &str, mut parts: Vec<Range<usize>>) -> Vec<Range<usize>> {
    if parts.is_empty() {
        parts.push(0..text.len());
    }
    if parts.iter().all(|it| it.len() <= SENTENCE_BYTES_MAX) {
        return parts;
    }
    let mut out = Vec::with_capacity(parts.len() + 8);
    for mut part in parts {
        while part.len() > SENTENCE_BYTES_MAX {
            let limit = text.floor_char_boundary(part.start + SENTENCE_BYTES_MAX);
            let space = text[part.start..limit].rfind(' ').map(|it| part.start + it + 1);
            let end = space.filter(|it| it - part.start > SENTENCE_BYTES_MAX / 2).unwrap_or(limit);
            out.push(part.start..end);
            part.start = end;
        }
        out.push(part);
    }
    out
}

/// Whether the full stop at `at` belongs to the word before it: "e.g.", "z. B.", "1.".
fn is_abbreviated(text: &str, at: usize) -> bool {
    let from = text[..at].rfind(|it: char| it.is_whitespace() || it == '(');
    let word = &text[from.map_or(0, |it| it + 1)..at];
    let number = !word.is_empty() && word.len() <= 2 && word.bytes().all(|it| it.is_ascii_digit());
    let letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    number
        || letter
        || matches!(
            word,
            "e.g"
                | "i.e"
                | "etc"
                | "vs"
                | "incl"
                | "approx"
                | "z.b"
                | "d.h"
                | "u.a"
                | "bzw"
                | "ca"
                | "inkl"
                | "ggf"
                | "evtl"
                | "usw"
                | "p.ex"
                | "p.ej"
                | "ej"
                | "ex"
                | "т.д"
                | "т.п"
                | "т.е"
                | "т.ч"
                | "напр"
                | "dll"
                | "dsb"
                | "mis"
        )
}

fn clauses(text: &str, sentences: &[Range<usize>], hits: &[Hit<Trigger>]) -> Vec<Range<usize>> {
    let mut cuts: Vec<usize> = text
        .match_indices([';', '|', '—', '–', '→'])
        .map(|(at, mark)| at + mark.len())
        .chain(text.match_indices(" - ").map(|(at, _)| at + 1))
        .chain(hits.iter().filter(|it| it.meaning == Trigger::Break).map(|it| it.range.start))
        .collect();
    cuts.sort_unstable();
    let mut cuts = cuts.into_iter().peekable();
    let mut out = Vec::with_capacity(sentences.len());
    for sentence in sentences {
        let mut start = sentence.start;
        while let Some(cut) = cuts.next_if(|it| *it < sentence.end) {
            if cut > start {
                out.push(start..cut);
                start = cut;
            }
        }
        out.push(start..sentence.end);
    }
    out
}

/// Where a reservation that ends at `from` stops to reach, at most `limit`.
fn forward(text: &str, from: usize, limit: usize) -> usize {
    let mut left = REACH;
    let mut spent = 0;
    let mut after_comma = false;
    let mut unspaced = false;
    for (at, word) in words(&text[from..limit.max(from)]) {
        let at = from + at;
        match word {
            // A Chinese list has a mark of its own, so that a comma starts a clause.
            Word::Mark(',') if unspaced => return at,
            Word::Mark(',' | '、' | '・' | '/') => {
                after_comma = true;
                if spent <= REACH_IN_LIST {
                    left = left.max(REACH_IN_LIST);
                }
                spent = 0;
            }
            Word::Mark('.' | ')' | ':') => return at,
            Word::Mark(_) => {}
            Word::Letter => {
                unspaced = true;
                if left == 0 {
                    return at;
                }
                left -= 1;
                spent += 1;
                after_comma = false;
            }
            Word::Spaced(word) => {
                unspaced = false;
                if triggers::STOPS.contains(&word) || (after_comma && starts_anew(word)) {
                    return at;
                }
                if triggers::JOINS.contains(&word) {
                    if spent <= REACH_IN_LIST {
                        left = left.max(REACH_IN_LIST);
                    }
                    spent = 0;
                    continue;
                }
                if left < 3 {
                    return at;
                }
                left -= 3;
                spent += 3;
                after_comma = false;
            }
        }
    }
    limit
}

fn starts_anew(word: &str) -> bool {
    triggers::SUBJECTS.contains(&word)
}

/// Where a reservation that starts at `from` begins to reach, at least `limit`.
fn backward(text: &str, from: usize, limit: usize) -> usize {
    let mut left = REACH + 6;
    let mut spent = 0;
    let body: Vec<(usize, Word<'_>)> = words(&text[limit.min(from)..from]).collect();
    for (at, word) in body.into_iter().rev() {
        let at = limit + at;
        let cost = match word {
            Word::Mark(',' | '、' | '・' | '/') => {
                if spent <= REACH_IN_LIST {
                    left = left.max(REACH_IN_LIST);
                }
                spent = 0;
                continue;
            }
            Word::Mark(_) => continue,
            Word::Letter => 1,
            Word::Spaced(_) => 3,
        };
        if left < cost {
            return at;
        }
        left -= cost;
        spent += cost;
    }
    limit
}

enum Word<'a> {
    Spaced(&'a str),
    /// A letter of a script without spaces.
    Letter,
    Mark(char),
}

/// Words and marks of `text` with their places.
fn words(text: &str) -> impl Iterator<Item = (usize, Word<'_>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let first = text[at..].chars().next()?;
            let start = at;
            at += first.len_utf8();
            if is_unspaced(first) {
                return Some((start, Word::Letter));
            }
            if first.is_alphanumeric() {
                let rest = &text[at..];
                let inside = |it: char| {
                    (it.is_alphanumeric() || matches!(it, '\'' | '_' | '-')) && !is_unspaced(it)
                };
                at += rest.find(|it| !inside(it)).unwrap_or(rest.len());
                return Some((start, Word::Spaced(&text[start..at])));
            }
            if !first.is_whitespace() {
                return Some((start, Word::Mark(first)));
            }
        }
    })
}

/// What a reservation in parentheses reaches: the list entry before them and what they hold.
fn parenthesis(text: &str, sentence: &Range<usize>, hit: &Range<usize>) -> Option<Range<usize>> {
    let before = &text[sentence.start..hit.start];
    let open = sentence.start + before.rfind(['(', '['])?;
    if text[open..hit.start].contains([')', ']']) {
        return None;
    }
    let rest = &text[hit.end..sentence.end];
    let end = rest.find([')', ']']).map_or(sentence.end, |it| hit.end + it + 1);
    let entry = &text[sentence.start..open];
    let marks = [',', '、', ';', '|', ')', '·', '•'];
    let start = entry.rfind(marks).map_or(sentence.start, |it| {
        let mark = entry[it..].chars().next().map_or(1, char::len_utf8);
        sentence.start + it + mark
    });
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `#` stands before the word that is asked for.
    fn check(text: &str, expect: Modality) {
        let at = text.find('#').expect("the place is marked");
        let prose = Prose::new(&text.replacen('#', "", 1), 0, text.contains('|'));
        assert_eq!(prose.modality(at), expect, "{text}: {:?}", prose.reaches);
    }

    #[test]
    fn negation_reaches_its_list_and_no_further() {
        check("there is no login, payments, or file #uploads", Modality::Excluded);
        check("no signup required, users just log in with #google", Modality::InScope);
        check("not only google but also #github", Modality::InScope);
        check("we do not store cards but #stripe does", Modality::InScope);
        check("payments via #stripe are not supported", Modality::Excluded);
        check("| #payments | stripe | not in scope |", Modality::OutOfScope);
    }

    #[test]
    fn negation_speaks_nine_languages() {
        check("es gibt keine #anmeldung", Modality::Excluded);
        check("pas de #paiement en ligne", Modality::Excluded);
        check("sin #registro de usuarios", Modality::Excluded);
        check("não há #login nem pagamentos", Modality::Excluded);
        check("без #регистрации и оплаты", Modality::Excluded);
        check("tanpa #login pengguna", Modality::Excluded);
        check("不需要#登录，数据保存在本地", Modality::Excluded);
        check("不需要登录，#数据保存在本地", Modality::InScope);
        check("#ログイン機能は不要です", Modality::Excluded);
        check("#로그인 기능은 제공하지 않는다", Modality::Excluded);
    }

    fn inherited(source: &str) -> Vec<Modality> {
        let chunk = text::markdown::Reader::new().read(source, None);
        let blocks: Vec<crate::facts::ScopedBlock> = (0..chunk.blocks.len())
            .map(|index| crate::facts::ScopedBlock { index, scope: Default::default() })
            .collect();
        let cx = ChunkCx {
            chunk: &chunk,
            blocks: &blocks,
            format: Default::default(),
            language: crate::read::Language::English,
        };
        passages(&cx).iter().map(|it| it.inherited).collect()
    }

    #[test]
    fn a_list_inherits_from_what_leads_into_it_and_not_from_its_neighbours() {
        use Modality::{Excluded, InScope, LaterPhase};
        let found = inherited("Not supported:\n\n- payments\n- login\n\nWe take:\n\n- files\n");
        assert_eq!(found, [InScope, Excluded, Excluded, InScope, InScope]);
        let found = inherited("- phase 2:\n  - payments\n- login\n");
        assert_eq!(found, [InScope, LaterPhase, InScope]);
    }

    #[test]
    fn later_and_optional_stay_in_their_entry() {
        check("email and password, #google (phase 2), github", Modality::LaterPhase);
        check("email and password, google (phase 2), #github", Modality::InScope);
        check("phase 2: #payments and refunds", Modality::LaterPhase);
        check("optional: #push notifications", Modality::Optional);
        check("#決済は将来対応", Modality::LaterPhase);
    }
}
