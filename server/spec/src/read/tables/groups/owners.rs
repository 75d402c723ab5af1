//! What a group of phrases may belong to: the words right before it, the line that leads into it,
//! the items around it, the headings above it.

use crate::facts::{GroupShape, OwnerFact, OwnerPlace};
use crate::pattern::{compile, compile_code};
use crate::read::Language;
use crate::read::tables::lexicon::{self, Weight};
use crate::read::tables::{Reading, labels, leads, names, prose};
use model::Span;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use text::markdown::BlockKind;

/// Owners kept for one group.
const OWNERS_MAX: usize = 6;
/// How many blocks back the line above a list is looked for.
const BLOCKS_BACK_MAX: usize = 40;

/// What stands nearest to a group.
pub(super) enum Near {
    /// Only headings and what is above.
    Title,
    /// The line that leads into its items.
    Lead(Span),
    /// The words on the same line before it.
    Before(Span, GroupShape),
    /// A name right before it.
    Name(Span),
}

/// Everything that could own the group, from near to far.
pub(super) fn find(rd: &Reading<'_, '_>, near: &Near) -> Vec<OwnerFact> {
    let mut out = Vec::new();
    match near {
        Near::Title => {}
        Near::Name(span) => {
            let label = rd.slice(*span);
            let name =
                if label.contains('_') { names::snake(label) } else { names::of_model(label) };
            push(&mut out, (name, label.to_owned(), *span), OwnerPlace::Label);
        }
        Near::Lead(span) => of_lead(rd, *span, &mut out),
        Near::Before(span, shape) => before(rd, *span, *shape, &mut out),
    }
    outer(rd, &mut out);
    headings(rd, &mut out);
    out.truncate(OWNERS_MAX);
    out
}

fn push(out: &mut Vec<OwnerFact>, (name, label, span): leads::Thing, place: OwnerPlace) {
    let name = if name == "registrations" { "users".to_owned() } else { name };
    if !name.is_empty() && out.iter().all(|it| it.name != name) {
        let singular = names::singular(&name);
        out.push(OwnerFact { name, singular, label, span, place });
    }
}

/// "Each booking has:", "**Customer**", "Fields of an application:".
fn of_lead(rd: &Reading<'_, '_>, span: Span, out: &mut Vec<OwnerFact>) {
    label(rd, span, out);
    let text = rd.slice(span);
    for it in things(rd, text, span.range().start) {
        push(out, it, OwnerPlace::Lead);
    }
}

/// The words before a list on its line: all of a label, else the thing right before the list.
fn before(rd: &Reading<'_, '_>, span: Span, shape: GroupShape, out: &mut Vec<OwnerFact>) {
    if matches!(shape, GroupShape::Colon | GroupShape::Cell) {
        label(rd, span, out);
    }
    const NEAR_BYTES: usize = 48;
    let text = rd.slice(span);
    let found = things(rd, text, span.range().start);
    let n_found = found.len();
    for (index, it) in found.into_iter().enumerate() {
        // Those that stand last come first.
        let is_near = span.range().end.saturating_sub(it.2.range().end) <= NEAR_BYTES;
        let place = if index == 0 && is_near { OwnerPlace::Subject } else { OwnerPlace::Lead };
        push(out, it, place);
    }
    if n_found == 0
        && let Some(it) = unlisted(rd, text, span.range().start)
    {
        push(out, it, OwnerPlace::Subject);
    }
}

/// A short label that names its thing: "Customer:", "**Order items**".
fn label(rd: &Reading<'_, '_>, span: Span, out: &mut Vec<OwnerFact>) {
    const WORDS_MAX: usize = 4;
    let plain = rd.plain(span);
    let text = plain.trim().trim_end_matches([':', '：']).trim();
    let text = text.trim_start_matches(['-', '*', '•', ' ']);
    let head = text.split(['(', '（']).next().unwrap_or(text).trim();
    if head.is_empty()
        || head.split_whitespace().count() > WORDS_MAX
        || labels::is_inputs(head)
        || names::is_part_of_text(head)
    {
        return;
    }
    if let Some((noun, _)) = labels::thing_with_fields(head, rd.cx.language) {
        push(out, (noun.name.to_owned(), head.to_owned(), span), OwnerPlace::Label);
    } else if let Some(name) = names::of_label(head, rd.cx.language) {
        push(out, (name, head.to_owned(), span), OwnerPlace::Label);
    }
}

/// Identifiers and known nouns of a text, the last first.
fn things(rd: &Reading<'_, '_>, text: &str, base: usize) -> Vec<leads::Thing> {
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        compile_code(
            r"`([A-Za-z][A-Za-z0-9_]{2,})`|\b([A-Z][a-z]+(?:[A-Z][a-z]+)+)\b|\b([a-z]+_[a-z_]+)\b",
        )
    });
    const THINGS_MAX: usize = 3;
    let mut out: Vec<(usize, leads::Thing)> = Vec::new();
    let span = |it: &Range<usize>| Span::new(base + it.start, base + it.end);
    for found in NAME.captures_iter(text) {
        let Some(name) = (1..=3).find_map(|it| found.get(it)) else { continue };
        let label = name.as_str();
        let table = if label.contains('_') { names::snake(label) } else { names::of_model(label) };
        out.push((name.start(), (table, label.to_owned(), span(&name.range()))));
    }
    let folded = lexicon::fold(text);
    for hit in lexicon::find(&folded, rd.cx.language) {
        if hit.noun.weight == Weight::Seldom {
            continue;
        }
        let range = hit.start..hit.end;
        let longer = (rd.cx.language == Language::English)
            .then(|| prose::compound(&folded, &range))
            .flatten();
        if let Some((name, range)) = longer {
            out.push((range.start, (name, text[range.clone()].to_owned(), span(&range))));
        }
        let label = text[range.clone()].to_owned();
        out.push((hit.start, (hit.noun.name.to_owned(), label, span(&range))));
    }
    // Who acts stands first, and what is acted on last.
    out.sort_by_key(|it| std::cmp::Reverse(it.0));
    out.into_iter().map(|it| it.1).take(THINGS_MAX).collect()
}

/// "each finding", "a fee waiver": a thing that no list knows, right before the verb.
fn unlisted(rd: &Reading<'_, '_>, text: &str, base: usize) -> Option<leads::Thing> {
    static THING: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"\b(?:each|every|an?|the|new|of|create|add|per)\s+([a-z][a-z-]+(?: [a-z][a-z-]+)?)\W*(?:(?:must|should|shall|will|can)\s+)?(?:\w+\W*)?$",
        )
    });
    if rd.cx.language != Language::English {
        return None;
    }
    let folded = lexicon::fold(text);
    let found = THING.captures(&folded)?.get(1)?;
    let (name, range) = prose::head_noun(found.as_str(), found.start())?;
    let span = Span::new(base + range.start, base + range.end);
    Some((names::plural(&name), text[range].to_owned(), span))
}

/// The items around the block, and the line above its list.
fn outer(rd: &Reading<'_, '_>, out: &mut Vec<OwnerFact>) {
    let blocks = &rd.cx.chunk.blocks;
    let own = &blocks[rd.at];
    let mut depth = own.depth;
    let is_item = matches!(own.kind, BlockKind::Item { .. });
    let back = blocks[..rd.at].iter().rev().take(BLOCKS_BACK_MAX);
    for (steps, block) in back.enumerate() {
        match block.kind {
            BlockKind::Item { .. } if block.depth < depth => {
                depth = block.depth;
                named(rd, block.text, out);
            }
            BlockKind::Item { .. } => {}
            BlockKind::Paragraph if is_item || steps == 0 => {
                let text = rd.slice(block.text).trim_end_matches(['*', '_', ' ']);
                if text.ends_with([':', '：']) || text.len() <= 80 {
                    named(rd, block.text, out);
                }
                break;
            }
            _ => break,
        }
    }
}

/// The first line of an item or paragraph as an owner further out.
fn named(rd: &Reading<'_, '_>, span: Span, out: &mut Vec<OwnerFact>) {
    const LINE_BYTES_MAX: usize = 160;
    let text = rd.slice(span);
    let line = text.lines().next().unwrap_or_default();
    let n_bytes = line.floor_char_boundary(LINE_BYTES_MAX);
    let mut found = Vec::new();
    let head = line[..n_bytes].split([':', '：']).next().unwrap_or(line);
    let start = span.range().start;
    label(rd, Span::new(start, start + head.len()), &mut found);
    for it in things(rd, &line[..n_bytes], start) {
        push(&mut found, it, OwnerPlace::Outer);
    }
    for it in found {
        push(out, (it.name, it.label, it.span), OwnerPlace::Outer);
    }
}

/// The things that the headings name, from near to far.
fn headings(rd: &Reading<'_, '_>, out: &mut Vec<OwnerFact>) {
    const SECTIONS_MAX: usize = 3;
    const KINDS: &[&str] = &[
        " management",
        " tracking",
        " handling",
        " administration",
        " module",
        " records",
        " requirements",
        " fields",
        " data",
        " details",
        " information",
        " profile",
        " form",
    ];
    let place = rd.block(rd.at).span;
    for (index, section) in rd.scope().sections().iter().rev().take(SECTIONS_MAX).enumerate() {
        let at = if index == 0 { OwnerPlace::Heading } else { OwnerPlace::Chapter };
        if leads::signs_up(&section.title) {
            push(out, ("users".to_owned(), section.title.to_string(), place), at);
            continue;
        }
        if labels::is_inputs(&section.title) {
            continue;
        }
        if let Some(it) = leads::main_thing(rd, &section.title, place) {
            push(out, it, at);
        }
        let title =
            section.title.trim_start_matches(|it: char| it.is_ascii_digit() || ". )".contains(it));
        let lower = title.to_lowercase();
        let end = KINDS.iter().find(|it| lower.ends_with(**it)).map_or(0, |it| it.len());
        let title = title.get(..title.len().saturating_sub(end)).unwrap_or(title);
        let is_name = (1..=3).contains(&title.split_whitespace().count());
        if is_name
            && !names::is_part_of_text(title)
            && let Some(name) = names::of_label(title, rd.cx.language)
        {
            push(out, (name, section.title.to_string(), place), at);
        }
    }
}

/// The identifier that begins the line at `at`, or the last line before it that is not indented.
pub(super) fn line_name(code: &str, at: usize) -> Option<Range<usize>> {
    const LINES_MAX: usize = 4;
    let mut end = at;
    for _ in 0..LINES_MAX {
        let start = code[..end].rfind('\n').map_or(0, |it| it + 1);
        let line = &code[start..end];
        let bare = line.trim_start_matches([' ', '-', '*', '•', '├', '└', '│', '─']);
        let len =
            bare.find(|it: char| !(it.is_ascii_alphanumeric() || it == '_')).unwrap_or(bare.len());
        let from = start + (line.len() - bare.len());
        if len >= 3 && bare.starts_with(|it: char| it.is_ascii_alphabetic()) {
            return Some(from..from + len);
        }
        end = start.checked_sub(1)?;
    }
    None
}
