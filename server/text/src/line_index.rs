//! Byte offsets to editor positions and back.

use std::ops::Range;

/// How a client counts columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    Utf8,
    Utf16,
    Utf32,
}

/// A zero-based line and column; the unit of `column` is the client's [`Encoding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// Where the lines of one text start. Lines end at `\n`; a `\r` before it belongs to the line.
#[derive(Debug, Clone)]
pub struct LineIndex {
    /// Ascending; the first is 0.
    starts: Box<[u32]>,
    /// Where the text is not ASCII, ascending.
    runs: Box<[WideRun]>,
    len: u32,
}

/// Neighbouring characters that are `width` bytes wide each.
#[derive(Debug, Clone, Copy)]
struct WideRun {
    start: u32,
    end: u32,
    width: u32,
    /// Of the text before the run.
    before: Surplus,
}

/// By how many units a stretch of text is shorter than its bytes.
#[derive(Debug, Clone, Copy, Default)]
struct Surplus {
    utf16: u32,
    utf32: u32,
}

impl Surplus {
    fn with(self, n_chars: u32, width: u32) -> Self {
        let units = if width == 4 { 2 } else { 1 };
        Self {
            utf16: self.utf16 + n_chars * (width - units),
            utf32: self.utf32 + n_chars * (width - 1),
        }
    }

    fn of(self, encoding: Encoding) -> u32 {
        match encoding {
            Encoding::Utf8 => 0,
            Encoding::Utf16 => self.utf16,
            Encoding::Utf32 => self.utf32,
        }
    }
}

impl LineIndex {
    /// Reads `text`, which must be shorter than 4 GiB.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let after = |it: usize| to_offset(it + 1);
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(after);
        let starts = std::iter::once(0).chain(breaks).collect();
        Self { starts, runs: wide_runs(text).into(), len: to_offset(text.len()) }
    }

    #[must_use]
    pub fn n_lines(&self) -> u32 {
        to_offset(self.starts.len())
    }

    /// The position of `offset`; offsets beyond the end give the end, and offsets inside of a
    /// character its start.
    #[must_use]
    pub fn position(&self, offset: usize, encoding: Encoding) -> Position {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX).min(self.len);
        let line = self.starts.partition_point(|it| *it <= offset) - 1;
        let start = self.starts[line];
        let (offset, before) = self.surplus(offset);
        let (_, line_before) = self.surplus(start);
        let surplus = before.of(encoding) - line_before.of(encoding);
        Position { line: to_offset(line), column: offset - start - surplus }
    }

    /// The offset of `position`, which LSP allows to lie past its line's end (then it is that end).
    /// `None` when the line does not exist.
    #[must_use]
    pub fn offset(&self, text: &str, position: Position, encoding: Encoding) -> Option<usize> {
        let line = self.line_span(position.line)?;
        Some(line.start + within(text.get(line)?, position.column, encoding))
    }

    /// The bytes of `line` with its line ending; `None` when there is no such line.
    #[must_use]
    pub fn line_span(&self, line: u32) -> Option<Range<usize>> {
        let start = *self.starts.get(line as usize)?;
        let end = self.starts.get(line as usize + 1).copied().unwrap_or(self.len);
        Some(start as usize..end as usize)
    }

    /// The zero-based line that holds `offset`.
    #[must_use]
    pub fn line(&self, offset: usize) -> u32 {
        self.position(offset, Encoding::Utf8).line
    }

    /// The start of the character at `offset`, and the surplus of the text before it.
    fn surplus(&self, offset: u32) -> (u32, Surplus) {
        let index = self.runs.partition_point(|it| it.start < offset);
        let Some(run) = index.checked_sub(1).map(|it| self.runs[it]) else {
            return (offset, Surplus::default());
        };
        let n_chars = (offset.min(run.end) - run.start) / run.width;
        let offset = if offset < run.end { run.start + n_chars * run.width } else { offset };
        (offset, run.before.with(n_chars, run.width))
    }
}

/// The offset of one position without an index: a single pass over the lines before it.
///
/// The same answers as [`LineIndex::offset`]; for a text that is about to change, so that an index
/// would be made for one look.
#[must_use]
pub fn offset(text: &str, position: Position, encoding: Encoding) -> Option<usize> {
    let bytes = text.as_bytes();
    let start = match position.line.checked_sub(1) {
        None => 0,
        Some(nth) => memchr::memchr_iter(b'\n', bytes).nth(nth as usize)? + 1,
    };
    let end = memchr::memchr(b'\n', &bytes[start..]).map_or(text.len(), |it| start + it);
    Some(start + within(&text[start..end], position.column, encoding))
}

/// The offset of `column` in `line`, at most the end of its text.
fn within(line: &str, column: u32, encoding: Encoding) -> usize {
    let body = line.trim_end_matches(['\n', '\r']);
    let column = column as usize;
    match encoding {
        Encoding::Utf8 => floor_char_boundary(body, column),
        Encoding::Utf16 | Encoding::Utf32 => {
            let mut units = 0;
            body.char_indices()
                .find(|(_, it)| {
                    let width = if encoding == Encoding::Utf16 { it.len_utf16() } else { 1 };
                    units += width;
                    units > column
                })
                .map_or(body.len(), |(at, _)| at)
        }
    }
}

fn wide_runs(text: &str) -> Vec<WideRun> {
    /// Whole blocks of ASCII are skipped at the speed of memory.
    const BLOCK_BYTES: usize = 64;
    let bytes = text.as_bytes();
    let mut runs: Vec<WideRun> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let block = &bytes[at..bytes.len().min(at + BLOCK_BYTES)];
        if block.is_ascii() {
            at += block.len();
            continue;
        }
        at += block.iter().take_while(|it| it.is_ascii()).count();
        let Some(wide) = text[at..].chars().next() else { break };
        push_wide(&mut runs, at, wide.len_utf8());
        at += wide.len_utf8();
    }
    runs
}

fn push_wide(runs: &mut Vec<WideRun>, at: usize, width: usize) {
    let (start, width) = (to_offset(at), to_offset(width));
    let before = match runs.last_mut() {
        Some(last) if last.end == start && last.width == width => {
            last.end += width;
            return;
        }
        Some(last) => last.before.with((last.end - last.start) / last.width, last.width),
        None => Surplus::default(),
    };
    runs.push(WideRun { start, end: start + width, width, before });
}

fn to_offset(it: usize) -> u32 {
    u32::try_from(it).expect("documents are limited to 4 GiB by the reader")
}

/// The largest character boundary of `text` at or before `at`.
#[must_use]
pub fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_column_past_the_line_is_the_lines_end() {
        let text = "ab\r\ncd";
        let index = LineIndex::new(text);
        let at = |line, column| index.offset(text, Position { line, column }, Encoding::Utf16);
        assert_eq!(at(0, 99), Some(2));
        assert_eq!(at(1, 99), Some(6));
        assert_eq!(at(2, 0), None);
    }

    #[test]
    fn an_astral_character_is_two_units_wide_in_utf_16() {
        let text = "a😀b";
        let index = LineIndex::new(text);
        assert_eq!(index.position(5, Encoding::Utf16), Position { line: 0, column: 3 });
        assert_eq!(index.position(5, Encoding::Utf32), Position { line: 0, column: 2 });
        let inside = Position { line: 0, column: 2 };
        assert_eq!(index.offset(text, inside, Encoding::Utf16), Some(1));
    }

    #[test]
    fn an_offset_inside_a_character_is_its_start() {
        let index = LineIndex::new("aéé😀");
        let at = |offset| index.position(offset, Encoding::Utf16).column;
        assert_eq!([2, 4, 6, 8, 9].map(at), [1, 2, 3, 3, 5]);
    }

    #[test]
    fn columns_count_the_characters_of_their_own_line() {
        // One letter of another width in every block that is skipped whole.
        let line = format!("{}é{}漢😀\n", "a".repeat(70), "b".repeat(130));
        let text = line.repeat(3);
        let index = LineIndex::new(&text);
        for start in [0, line.len(), 2 * line.len()] {
            let end = start + line.len() - 1;
            assert_eq!(index.position(end, Encoding::Utf16).column, 70 + 1 + 130 + 1 + 2);
            assert_eq!(index.position(end, Encoding::Utf32).column, 70 + 1 + 130 + 1 + 1);
        }
    }

    proptest! {
        #[test]
        fn a_look_without_an_index_says_the_same(
            text in "[a-zé😀\r\n ]{0,60}",
            line in 0u32..8,
            column in 0u32..40,
        ) {
            let index = LineIndex::new(&text);
            let position = Position { line, column };
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                let expected = index.offset(&text, position, encoding);
                prop_assert_eq!(offset(&text, position, encoding), expected);
            }
        }

        #[test]
        fn offsets_survive_the_way_to_a_position_and_back(text in "[a-zé😀\n ]{0,60}", at in 0usize..200) {
            let at = floor_char_boundary(&text, at);
            let index = LineIndex::new(&text);
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                let position = index.position(at, encoding);
                prop_assert_eq!(index.offset(&text, position, encoding), Some(at));
            }
        }
    }
}
