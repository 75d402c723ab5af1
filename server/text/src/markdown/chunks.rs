//! Where a Markdown text can be cut.

use std::ops::Range;

/// From this many bytes on a chunk also ends before a flush-left paragraph.
const CHUNK_BYTES_SOFT: usize = 2048;

/// Cuts `text` into ranges that cover it without gaps, each safe to parse alone.
///
/// CommonMark closes every open block at an ATX heading or at a flush-left paragraph after a blank
/// line, unless a fence, an HTML comment or raw HTML is open; front matter stays with what follows.
#[must_use]
pub fn split(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut state = State::Flow;
    let mut after_blank = false;
    let mut at = 0;
    if let Some(end) = front_matter_end(text) {
        at = end;
    }
    while at < text.len() {
        let end =
            memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |it| at + it + 1);
        let line = &text[at..end];
        let was_flow = state == State::Flow;
        state = state.after(line);
        if was_flow && at > start {
            let cut = is_atx_heading(line)
                || (after_blank && at - start >= CHUNK_BYTES_SOFT && starts_paragraph(line));
            if cut {
                out.push(start..at);
                start = at;
            }
        }
        after_blank = line.trim().is_empty();
        at = end;
    }
    if start < text.len() || out.is_empty() {
        out.push(start..text.len());
    }
    out
}

/// What may be open at the end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Flow,
    Fence { mark: u8, len: usize },
    Comment,
    Raw(&'static str),
}

impl State {
    fn after(self, line: &str) -> Self {
        match self {
            Self::Flow => Self::open(line),
            Self::Fence { mark, len } => {
                let body = line.trim();
                let closes = !body.is_empty()
                    && body.bytes().all(|it| it == mark)
                    && body.len() >= len
                    && indent(line) < 4;
                if closes { Self::Flow } else { self }
            }
            Self::Comment => after_comment(line),
            Self::Raw(end) => {
                if line.to_ascii_lowercase().contains(end) {
                    Self::Flow
                } else {
                    self
                }
            }
        }
    }

    fn open(line: &str) -> Self {
        // A fence may sit in a list item or quote; what opens it there also closes it there.
        let body = line.trim_start_matches([' ', '\t', '>']).trim_end();
        for mark in [b'`', b'~'] {
            let len = body.bytes().take_while(|it| *it == mark).count();
            if len >= 3 && !(mark == b'`' && body[len..].contains('`')) {
                return Self::Fence { mark, len };
            }
        }
        if let Some(at) = line.rfind("<!--") {
            return after_comment(&line[at..]);
        }
        let lower = body.to_ascii_lowercase();
        for (tag, end) in [("<pre", "</pre>"), ("<script", "</script>"), ("<style", "</style>")] {
            if lower.starts_with(tag) && !lower.contains(end) {
                return Self::Raw(end);
            }
        }
        Self::Flow
    }
}

fn after_comment(line: &str) -> State {
    match line.rfind("-->") {
        Some(end) => match line[end..].find("<!--") {
            Some(_) => State::Comment,
            None => State::Flow,
        },
        None => State::Comment,
    }
}

fn indent(line: &str) -> usize {
    line.bytes().take_while(|it| *it == b' ').count()
}

pub(crate) fn is_atx_heading(line: &str) -> bool {
    let marks = line.bytes().take_while(|it| *it == b'#').count();
    (1..=6).contains(&marks)
        && line.as_bytes().get(marks).is_none_or(|it| matches!(it, b' ' | b'\t' | b'\n' | b'\r'))
}

/// Whether a line after a blank one can only start a new top-level paragraph.
fn starts_paragraph(line: &str) -> bool {
    line.chars().next().is_some_and(char::is_alphabetic)
}

/// The end of `---` or `+++` front matter at the start of a document.
fn front_matter_end(text: &str) -> Option<usize> {
    let first = text.lines().next()?;
    let mark = first.trim_end();
    if mark != "---" && mark != "+++" {
        return None;
    }
    let mut at = first.len() + 1;
    for line in text.get(at..)?.split_inclusive('\n').take(200) {
        at += line.len();
        if line.trim_end() == mark {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    fn check(text: &str, expect: Expect) {
        let parts: Vec<&str> = split(text).into_iter().map(|it| &text[it]).collect();
        expect.assert_debug_eq(&parts);
    }

    #[test]
    fn headings_cut_and_fences_do_not() {
        check(
            "intro\n# A\ntext\n```\n# not a heading\n```\n## B\n",
            expect![[r###"
                [
                    "intro\n",
                    "# A\ntext\n```\n# not a heading\n```\n",
                    "## B\n",
                ]
            "###]],
        );
    }

    #[test]
    fn comments_and_front_matter_stay_whole() {
        check(
            "---\n# key: 1\n---\n<!-- a\n# b\n-->\n# C\n",
            expect![[r###"
                [
                    "---\n# key: 1\n---\n<!-- a\n# b\n-->\n",
                    "# C\n",
                ]
            "###]],
        );
    }

    proptest! {
        #[test]
        fn chunks_cover_the_text(text in "[#`~\\-<!> a\n]{0,400}") {
            let joined: String = split(&text).into_iter().map(|it| &text[it]).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
