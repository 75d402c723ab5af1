//! Inline Markdown on demand: plain text with places, and lines that stand for headings.

use model::Span;

/// Text without its Markdown, and the way back to the source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plain {
    pub text: String,
    /// Runs that were copied unchanged: (offset in `text`, offset in the source), ascending.
    runs: Vec<(u32, u32)>,
}

impl Plain {
    /// The source span of `start..end` in `text`.
    #[must_use]
    pub fn source(&self, start: usize, end: usize) -> Span {
        let from = self.offset(start);
        // The end belongs to the run of its last byte, so that closing marks stay outside.
        let to = if end > start { self.offset(end - 1) + 1 } else { from };
        Span::new(from, to.max(from))
    }

    fn offset(&self, at: usize) -> usize {
        let index = self.runs.partition_point(|(plain, _)| *plain as usize <= at);
        match index.checked_sub(1).and_then(|it| self.runs.get(it)) {
            Some((plain, source)) => *source as usize + (at - *plain as usize),
            None => at,
        }
    }
}

/// Drops emphasis, code ticks, link targets, images, tags and comments from `source`.
///
/// Underscores inside words stay: they are part of names.
#[must_use]
pub fn plain(source: &str) -> Plain {
    let mut out = Plain { text: String::with_capacity(source.len()), runs: Vec::new() };
    let bytes = source.as_bytes();
    let mut ahead = Ahead::new(source);
    let mut at = 0;
    let mut skipped = true;
    while at < bytes.len() {
        let rest = &source[at..];
        let skip = match bytes[at] {
            b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => {
                skipped = true;
                at += 1;
                0
            }
            b'*' | b'`' => 1,
            b'~' if rest.starts_with("~~") => 2,
            b'_' if is_edge_underscore(source, at) => 1,
            b'!' if rest.starts_with("![") => ahead.link_len(at + 1).map_or(0, |it| it + 1),
            b'[' if ahead.link_len(at).is_some() => 1,
            b']' if rest.starts_with("](") => 1 + ahead.target_len(at + 1).unwrap_or(0),
            b'<' => ahead.tag_len(at).unwrap_or(0),
            _ => 0,
        };
        if skip > 0 {
            // A tag such as `<br>` separates words.
            if bytes[at] == b'<' && !out.text.ends_with(char::is_whitespace) {
                push(&mut out, " ", at, true);
            }
            at += skip;
            skipped = true;
            continue;
        }
        let Some(next) = source[at..].chars().next() else { break };
        push(&mut out, &source[at..at + next.len_utf8()], at, skipped);
        skipped = false;
        at += next.len_utf8();
    }
    out
}

fn push(out: &mut Plain, piece: &str, at: usize, new_run: bool) {
    if new_run {
        let plain = u32::try_from(out.text.len()).unwrap_or(u32::MAX);
        out.runs.push((plain, u32::try_from(at).unwrap_or(u32::MAX)));
    }
    out.text.push_str(piece);
}

fn is_edge_underscore(source: &str, at: usize) -> bool {
    let before = source[..at].chars().next_back();
    let after = source[at + 1..].chars().next();
    let word = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '_');
    !(word(before) && word(after))
}

/// Where single bytes come next; asked with growing places it reads a text once, so that a row of
/// unclosed brackets costs no more than plain words.
struct Ahead<'a> {
    source: &'a str,
    known: [(u8, usize); 5],
}

impl<'a> Ahead<'a> {
    fn new(source: &'a str) -> Self {
        Self { source, known: [b'[', b')', b'>', b'<', b'\n'].map(|it| (it, 0)) }
    }

    /// The place of the next `byte` at or behind `from`; the end when there is none.
    fn next(&mut self, byte: u8, from: usize) -> usize {
        let bytes = self.source.as_bytes();
        let Some((_, at)) = self.known.iter_mut().find(|(it, _)| *it == byte) else {
            return bytes.len();
        };
        if *at < from || bytes.get(*at).is_some_and(|it| *it != byte) {
            let rest = bytes.get(from..).unwrap_or_default();
            *at = memchr::memchr(byte, rest).map_or(bytes.len(), |it| from + it);
        }
        *at
    }

    /// The length of `[text](target)`, whose bracket stands at `at`; `None` when it is no link.
    fn link_len(&mut self, at: usize) -> Option<usize> {
        let limit = self.next(b'[', at + 1).min(self.next(b'\n', at));
        let close = at + self.source.get(at..limit.max(at))?.find("](")?;
        Some(close + 1 - at + self.target_len(close + 1)?)
    }

    /// The length of `(target)` at `at`.
    fn target_len(&mut self, at: usize) -> Option<usize> {
        let end = self.next(b')', at);
        (end < self.source.len() && end < self.next(b'\n', at)).then_some(end + 1 - at)
    }

    /// The length of a tag, comment or autolink at `at`.
    fn tag_len(&mut self, at: usize) -> Option<usize> {
        let rest = &self.source[at..];
        if rest.starts_with("<!--") {
            return Some(rest.find("-->").map_or(rest.len(), |it| it + 3));
        }
        let second = rest[1..].chars().next()?;
        if !(second.is_ascii_alphabetic() || second == '/') {
            return None;
        }
        let end = self.next(b'>', at);
        let closed = end < self.source.len();
        let alone = end < self.next(b'\n', at) && end < self.next(b'<', at + 1);
        let is_tag = closed && alone && end - at < 200 && !self.source[at..end].contains("://");
        is_tag.then_some(end + 1 - at)
    }
}

/// Characters of a title at most; longer lines are sentences.
const TITLE_CHARS_MAX: usize = 80;

/// Tells a line that stands for a heading: its level and the span of its title.
///
/// A line that is all bold or in 【】 gives level 7, as does a short `Title:`; a numbered line such
/// as `2.1 Users` one more than its numbers, at most 6; one in capitals or with a Chinese number 2.
#[must_use]
pub fn heading_like(paragraph: &str) -> Option<(u8, Span)> {
    if paragraph.contains('\n') || paragraph.chars().count() > TITLE_CHARS_MAX {
        return None;
    }
    bold(paragraph)
        .or_else(|| bracketed(paragraph))
        .or_else(|| numbered(paragraph))
        .or_else(|| chinese_numbered(paragraph))
        .or_else(|| capitals(paragraph))
        .or_else(|| with_colon(paragraph))
}

/// Tells a heading inside a paragraph of several lines, where only unmistakable forms count.
#[must_use]
pub fn heading_like_in_paragraph(line: &str) -> Option<(u8, Span)> {
    if line.chars().count() > TITLE_CHARS_MAX {
        return None;
    }
    bold(line).or_else(|| bracketed(line)).or_else(|| numbered(line))
}

/// Whether an item such as `1. Users` could be a section title: short and no sentence.
#[must_use]
pub fn title_like(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty()
        && !text.contains('\n')
        && text.chars().count() <= 60
        && !text.ends_with(['.', ';', ',', '。', '；', '，', '!', '?'])
        && text.chars().find(|it| it.is_alphabetic()).is_some_and(|it| !it.is_lowercase())
}

fn bold(line: &str) -> Option<(u8, Span)> {
    ["**", "__"].into_iter().find_map(|mark| {
        let body = line.strip_prefix(mark)?.trim_end_matches([':', '：']);
        let inner = body.strip_suffix(mark).filter(|it| !it.contains(mark) && !it.is_empty())?;
        let title = inner.trim_end_matches([':', '：']).trim_end();
        Some((7, Span::new(2, 2 + title.len())))
    })
}

fn bracketed(line: &str) -> Option<(u8, Span)> {
    let inner = line.strip_prefix('【')?.strip_suffix('】')?;
    let start = '【'.len_utf8();
    Some((7, Span::new(start, start + inner.len())))
}

fn numbered(line: &str) -> Option<(u8, Span)> {
    let number = line.split([' ', '\t']).next()?;
    let parts: Vec<&str> = number.trim_end_matches('.').split('.').collect();
    let is_number = parts.len() >= 2
        && parts
            .iter()
            .all(|it| !it.is_empty() && it.len() <= 2 && it.bytes().all(|b| b.is_ascii_digit()));
    let title = line[number.len()..].trim();
    let titled = title.chars().next().is_some_and(|it| it.is_alphabetic() && !it.is_lowercase());
    let ends_open = !title.ends_with(['.', ';', ',', '。']);
    (is_number && titled && ends_open).then(|| {
        let level = u8::try_from(parts.len() + 1).unwrap_or(6).min(6);
        (level, Span::new(0, line.len()))
    })
}

/// `一、总体要求`, `（二）功能`, `第3章 数据库`.
fn chinese_numbered(line: &str) -> Option<(u8, Span)> {
    const DIGITS: &str = "一二三四五六七八九十百0123456789";
    let is_digit = |it: char| DIGITS.contains(it);
    let (level, rest) = if let Some(rest) = line.strip_prefix(['（', '(']) {
        let rest = rest.trim_start_matches(|it| "一二三四五六七八九十".contains(it));
        (3, rest.strip_prefix(['）', ')'])?)
    } else if let Some(rest) = line.strip_prefix('第') {
        (2, rest.trim_start_matches(is_digit).strip_prefix(['章', '节', '部'])?)
    } else {
        let rest = line.trim_start_matches(|it| "一二三四五六七八九十".contains(it));
        (2, rest.strip_prefix('、').filter(|it| it.len() < line.len() - '、'.len_utf8())?)
    };
    let is_title = !rest.trim().is_empty() && !rest.ends_with(['。', '；', '，']);
    is_title.then(|| (level, Span::new(0, line.len())))
}

fn capitals(line: &str) -> Option<(u8, Span)> {
    let title = line.trim_end_matches([':', '：']);
    let letters = title.chars().filter(|it| it.is_alphabetic()).count();
    let is_title = letters >= 5
        && title.chars().all(|it| !it.is_alphabetic() || it.is_uppercase())
        && title.chars().all(|it| it.is_alphanumeric() || " .&/-()–—".contains(it))
        && !title.ends_with('.');
    is_title.then(|| (2, Span::new(0, title.len())))
}

fn with_colon(line: &str) -> Option<(u8, Span)> {
    const WORDS_MAX: usize = 5;
    let title = line.strip_suffix([':', '：'])?.trim_end();
    let is_title = title_like(title)
        && title.chars().count() <= 40
        && title.split_whitespace().count() <= WORDS_MAX
        && !title.contains(['`', '"', '(', '/', '*', '|']);
    is_title.then(|| (7, Span::new(0, title.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_go_and_names_stay() {
        let it = plain("a **bold** `user_id` [link](x.md) <br>~~x~~ _em_ snake_case");
        assert_eq!(it.text, "a bold user_id link x em snake_case");
        let at = it.text.find("user_id").expect("kept");
        assert_eq!(it.source(at, at + 7), Span::new(12, 19));
    }

    proptest! {
        #[test]
        fn every_place_is_inside_the_source(source in "[a-c*_`~<>!\\[\\]() \\\\é\n-]{0,80}") {
            let it = plain(&source);
            for (at, c) in it.text.char_indices() {
                let span = it.source(at, at + c.len_utf8());
                prop_assert!(span.range().end <= source.len());
            }
        }
    }
}
