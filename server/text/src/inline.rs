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
            b'!' if rest.starts_with("![") => link_len(rest, 1).unwrap_or(0),
            b'[' if link_len(rest, 0).is_some() => 1,
            b']' if rest.starts_with("](") => 1 + target_len(&rest[1..]).unwrap_or(0),
            b'<' => tag_len(rest).unwrap_or(0),
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

/// The length of `[text](target)` from `skip` on; `None` when it is no link.
fn link_len(rest: &str, skip: usize) -> Option<usize> {
    let close = rest.find("](")?;
    let text = rest.get(skip + 1..close)?;
    if text.contains('\n') || text.contains("[") {
        return None;
    }
    Some(close + 1 + target_len(&rest[close + 1..])?)
}

/// The length of `(target)`.
fn target_len(rest: &str) -> Option<usize> {
    let end = rest.find(')')?;
    (!rest[..end].contains('\n')).then_some(end + 1)
}

/// The length of a tag, comment or autolink at the start of `rest`.
fn tag_len(rest: &str) -> Option<usize> {
    if rest.starts_with("<!--") {
        return Some(rest.find("-->").map_or(rest.len(), |it| it + 3));
    }
    let second = rest[1..].chars().next()?;
    if !(second.is_ascii_alphabetic() || second == '/') {
        return None;
    }
    let end = rest.find('>')?;
    let body = &rest[1..end];
    let is_tag = !body.contains(['\n', '<']) && body.len() < 200 && !body.contains("://");
    is_tag.then_some(end + 1)
}

/// Tells a paragraph that stands for a heading: its level and the span of its title.
///
/// A line that is all bold gives level 7; a numbered line such as `2.1 Users` one more than its
/// numbers, at most 6.
#[must_use]
pub fn heading_like(paragraph: &str) -> Option<(u8, Span)> {
    const TITLE_CHARS_MAX: usize = 80;
    if paragraph.contains('\n') || paragraph.chars().count() > TITLE_CHARS_MAX {
        return None;
    }
    for mark in ["**", "__"] {
        let inner = paragraph.strip_prefix(mark).and_then(|it| {
            let body = it.trim_end_matches([':', '：']);
            body.strip_suffix(mark)
        });
        if let Some(inner) = inner.filter(|it| !it.contains(mark) && !it.is_empty()) {
            let title = inner.trim_end_matches([':', '：']).trim_end();
            return Some((7, Span::new(2, 2 + title.len())));
        }
    }
    let number = paragraph.split(' ').next()?;
    let parts: Vec<&str> = number.trim_end_matches('.').split('.').collect();
    let numbered = parts.len() >= 2
        && parts
            .iter()
            .all(|it| !it.is_empty() && it.len() <= 2 && it.bytes().all(|b| b.is_ascii_digit()));
    let title = paragraph[number.len()..].trim();
    let titled = title.chars().next().is_some_and(|it| it.is_alphabetic() && !it.is_lowercase());
    let ends_open = !title.ends_with(['.', ';', ',', '。']);
    (numbered && titled && ends_open).then(|| {
        let level = u8::try_from(parts.len() + 1).unwrap_or(6).min(6);
        (level, Span::new(0, paragraph.len()))
    })
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
