//! Where a Markdown text can be cut.

use std::ops::{Range, RangeInclusive};

/// From this many bytes on a chunk may also end before a flush-left paragraph.
const PARAGRAPHS_BYTES: RangeInclusive<usize> = 2 << 10..=6 << 10;
/// From this many bytes on it may even end between two flush-left items: a list says less when it
/// is torn, but one of a thousand items would be read anew on every keystroke.
const ITEMS_BYTES: RangeInclusive<usize> = 8 << 10..=16 << 10;

/// Cuts `text` into ranges that cover it without gaps, each safe to parse alone.
///
/// CommonMark closes every open block at an ATX heading or at a flush-left paragraph after a blank
/// line, unless a fence, an HTML comment or raw HTML is open; front matter stays with what follows.
/// Between its least and greatest length a chunk ends before a line that its own bytes choose, so
/// that an edit moves the next cut or two, and not all that follow.
#[must_use]
pub fn split(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    for cut in Cuts::new(text) {
        out.push(start..cut);
        start = cut;
    }
    if start < text.len() || out.is_empty() {
        out.push(start..text.len());
    }
    out
}

/// How the chunks of a text relate to those of an earlier version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resplit {
    /// So many chunks at the front are the same, byte for byte and in place.
    pub n_front: usize,
    /// The chunks that are not known.
    pub middle: Vec<Range<usize>>,
    /// So many chunks at the back are the same but for their place.
    pub n_back: usize,
}

/// Cuts `new` as [`split`] does, looking only at what changed since `old`.
///
/// `old_starts` are the starts of the ranges that `split(old)` gives. A cut depends on the text
/// since the cut before it and on one line after it, so cutting goes on from the last chunk that
/// an edit cannot have reached, until it meets an old cut behind the edit.
#[must_use]
pub fn resplit(old: &str, old_starts: &[usize], new: &str) -> Resplit {
    let (a, b) = (old.as_bytes(), new.as_bytes());
    if front_end(old) != front_end(new) {
        return Resplit { n_front: 0, middle: split(new), n_back: 0 };
    }
    let prefix = common_prefix(a, b);
    let suffix = common_suffix(&a[prefix..], &b[prefix..]);
    // Chunks that end inside the prefix; the end of the last of them may hang on a changed line.
    let n_front = old_starts.partition_point(|it| *it <= prefix).saturating_sub(2);
    let mut start = old_starts.get(n_front).copied().unwrap_or_default();
    let cuts = match n_front {
        0 => Cuts::new(new),
        _ => Cuts { text: new, start, at: start, state: State::Flow, after_blank: false },
    };
    let mut middle = Vec::new();
    for cut in cuts {
        middle.push(start..cut);
        start = cut;
        let from_end = new.len() - cut;
        if from_end <= suffix
            && let Ok(known) = old_starts.binary_search(&(old.len() - from_end))
            && known > 0
        {
            return Resplit { n_front, middle, n_back: old_starts.len() - known };
        }
    }
    if start < new.len() || (n_front == 0 && middle.is_empty()) {
        middle.push(start..new.len());
    }
    Resplit { n_front, middle, n_back: 0 }
}

/// How many bytes at the start are the same.
pub(crate) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let ((a_blocks, _), (b_blocks, _)) = (a.as_chunks::<64>(), b.as_chunks::<64>());
    let blocks = a_blocks.iter().zip(b_blocks).take_while(|(x, y)| x == y).count();
    let at = blocks * 64;
    at + a[at..].iter().zip(&b[at..]).take_while(|(x, y)| x == y).count()
}

/// How many bytes at the end are the same.
pub(crate) fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    let ((_, a_blocks), (_, b_blocks)) = (a.as_rchunks::<64>(), b.as_rchunks::<64>());
    let pairs = a_blocks.iter().rev().zip(b_blocks.iter().rev());
    let at = pairs.take_while(|(x, y)| x == y).count() * 64;
    let (a, b) = (&a[..a.len() - at], &b[..b.len() - at]);
    at + a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count()
}

/// The offsets at which a text is cut, ascending, its ends left out.
struct Cuts<'a> {
    text: &'a str,
    /// Of the chunk that is being looked at.
    start: usize,
    at: usize,
    state: State,
    after_blank: bool,
}

impl<'a> Cuts<'a> {
    fn new(text: &'a str) -> Self {
        let at = front_end(text).unwrap_or_default();
        Self { text, start: 0, at, state: State::Flow, after_blank: false }
    }
}

impl Iterator for Cuts<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.at < self.text.len() {
            let at = self.at;
            let end = memchr::memchr(b'\n', &self.text.as_bytes()[at..])
                .map_or(self.text.len(), |it| at + it + 1);
            let line = &self.text[at..end];
            let may_cut = self.state == State::Flow && at > self.start;
            let after_blank = self.after_blank;
            self.state = self.state.after(line);
            self.after_blank = line.trim().is_empty();
            self.at = end;
            let length = at - self.start;
            if may_cut && (is_atx_heading(line) || is_cut_by_length(line, length, after_blank)) {
                self.start = at;
                return Some(at);
            }
        }
        None
    }
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
        if let Some(mark @ (b'`' | b'~')) = body.bytes().next() {
            let len = body.bytes().take_while(|it| *it == mark).count();
            if len >= 3 && !(mark == b'`' && body[len..].contains('`')) {
                return Self::Fence { mark, len };
            }
        }
        if memchr::memchr(b'<', line.as_bytes()).is_none() {
            return Self::Flow;
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

/// Whether a chunk that has grown to `length` ends before `line`.
fn is_cut_by_length(line: &str, length: usize, after_blank: bool) -> bool {
    let (range, one_in) = if after_blank && starts_paragraph(line) {
        (PARAGRAPHS_BYTES, 4)
    } else if starts_item(line) {
        (ITEMS_BYTES, 16)
    } else {
        return false;
    };
    let is_chosen = || xxhash_rust::xxh3::xxh3_64(line.as_bytes()).is_multiple_of(one_in);
    length >= *range.start() && (length >= *range.end() || is_chosen())
}

/// Whether a line is a flush-left bullet with text, which ends whatever item or paragraph is open.
fn starts_item(line: &str) -> bool {
    let mut chars = line.chars();
    matches!(chars.next(), Some('-' | '*' | '+'))
        && chars.next() == Some(' ')
        && chars.next().is_some_and(|it| it.is_alphabetic() || matches!(it, '[' | '`'))
}

/// Whether a line after a blank one can only start a new top-level paragraph.
fn starts_paragraph(line: &str) -> bool {
    line.chars().next().is_some_and(char::is_alphabetic)
}

/// The end of what stands before the first line that a chunk may begin with.
fn front_end(text: &str) -> Option<usize> {
    front_matter_end(text).or_else(|| wrapper_end(text))
}

/// The end of the line that opens a fence around the whole document, as those get who paste what a
/// model wrote: the first heading comes right after it, and it stays open for long.
///
/// Only the first lines are looked at, so that all edits but those to them leave the cuts alone.
fn wrapper_end(text: &str) -> Option<usize> {
    const LINES_BEFORE_MAX: usize = 4;
    const LINES_OPEN_MIN: usize = 40;
    let mut at = 0;
    let mut lines = text.split_inclusive('\n').map(|line| {
        at += line.len();
        (line, at)
    });
    let (_, end) = lines.by_ref().take(LINES_BEFORE_MAX).find(|(line, _)| {
        let lang = line.trim().strip_prefix("```").unwrap_or_default();
        matches!(lang, "markdown" | "md") && indent(line) < 4
    })?;
    let mut inside = lines.map(|(line, _)| line).skip_while(|it| it.trim().is_empty());
    let is_wrapped = inside.next().is_some_and(is_atx_heading);
    // What closes it, or could, begins with its mark; at the end of the document it may.
    let closes = |it: &&str| it.trim_start().starts_with("```");
    let is_closed = is_wrapped && inside.by_ref().take(LINES_OPEN_MIN).any(|it| closes(&it));
    let is_wrapped = is_wrapped && (!is_closed || inside.all(|it| it.trim().is_empty()));
    is_wrapped.then_some(end)
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

    #[test]
    fn a_fence_around_the_whole_document_is_none() {
        check(
            "## Requirements\n```markdown\n\n# A\ntext\n## B\nmore\n",
            expect![[r###"
                [
                    "## Requirements\n```markdown\n\n",
                    "# A\ntext\n",
                    "## B\nmore\n",
                ]
            "###]],
        );
        check(
            "```md\n# A\n## B\n```\n\n",
            expect![[r###"
            [
                "```md\n",
                "# A\n",
                "## B\n```\n\n",
            ]
        "###]],
        );
        check(
            "```md\n# A sample\n```\n# B\n",
            expect![[r##"
            [
                "```md\n# A sample\n```\n",
                "# B\n",
            ]
        "##]],
        );
    }

    /// `L` stands for a line so long that a few of them fill a chunk.
    const LINES: &str = "([#`~<!> a\n-]|L|\n\n|\n# |---\n|```\n|```md\n# |<!--|-->){0,40}";

    fn lengthen(text: &str) -> String {
        text.replace('L', &"word ".repeat(PARAGRAPHS_BYTES.start() / 8))
    }

    #[test]
    fn an_edit_in_a_long_section_moves_only_the_next_cuts() {
        let paragraph =
            |it: usize| format!("Paragraph {it} says {}.\n\n", "something ".repeat(it % 40));
        let mut text: String = (0..400).map(paragraph).collect();
        let starts: Vec<usize> = split(&text).into_iter().map(|it| it.start).collect();
        assert!(starts.len() > 15, "{starts:?}");
        let old = text.clone();
        text.insert_str(text.len() / 4, &"more words ".repeat(30));
        let it = resplit(&old, &starts, &text);
        assert!(it.middle.len() < 8, "{:?}", it.middle);
    }

    #[test]
    fn a_long_list_is_cut_between_its_items() {
        let items: String = (0..1000).map(|it| format!("- Item {it}\n  - Below {it}\n")).collect();
        let parts = split(&items);
        assert!(parts.len() > 1);
        assert!(parts.iter().all(|it| items[it.clone()].starts_with("- Item")));
        assert!(parts.iter().all(|it| it.len() <= *ITEMS_BYTES.end() + 100));
    }

    proptest! {
        #[test]
        fn chunks_cover_the_text(text in "[#`~\\-<!> a\n]{0,400}") {
            let joined: String = split(&text).into_iter().map(|it| &text[it]).collect();
            prop_assert_eq!(joined, text);
        }

        #[test]
        fn cutting_again_after_an_edit_equals_cutting_afresh(
            old in LINES, new in LINES, kept in LINES, tail in LINES,
        ) {
            // Either an edit in the middle, or two texts with nothing in common.
            for (old, new) in [(format!("{kept}{old}{tail}"), format!("{kept}{new}{tail}")), (old, new)] {
                let old = lengthen(&old);
                let new = lengthen(&new);
                let ranges = split(&old);
                let starts: Vec<usize> = ranges.iter().map(|it| it.start).collect();
                let it = resplit(&old, &starts, &new);
                let shift = |it: &Range<usize>| {
                    it.start + new.len() - old.len()..it.end + new.len() - old.len()
                };
                let mut again = ranges[..it.n_front].to_vec();
                again.extend(it.middle);
                again.extend(ranges[ranges.len() - it.n_back..].iter().map(shift));
                prop_assert_eq!(again, split(&new));
            }
        }
    }
}
