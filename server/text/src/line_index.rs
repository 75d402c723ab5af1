//! Byte offsets to editor positions and back.

use line_index::WideEncoding;

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
    index: line_index::LineIndex,
    len: u32,
    n_lines: u32,
}

impl LineIndex {
    /// Reads `text`, which must be shorter than 4 GiB.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let len = u32::try_from(text.len()).expect("documents are limited to 4 GiB by the reader");
        let n_lines = 1 + u32::try_from(memchr::memchr_iter(b'\n', text.as_bytes()).count())
            .expect("there are fewer lines than bytes");
        Self { index: line_index::LineIndex::new(text), len, n_lines }
    }

    #[must_use]
    pub fn n_lines(&self) -> u32 {
        self.n_lines
    }

    /// The position of `offset`; offsets beyond the end give the end.
    #[must_use]
    pub fn position(&self, offset: usize, encoding: Encoding) -> Position {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX).min(self.len);
        let at = self.index.line_col(offset.into());
        match wide(encoding) {
            None => Position { line: at.line, column: at.col },
            Some(wide) => match self.index.to_wide(wide, at) {
                Some(it) => Position { line: it.line, column: it.col },
                None => Position { line: at.line, column: at.col },
            },
        }
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
    pub fn line_span(&self, line: u32) -> Option<std::ops::Range<usize>> {
        let range = self.index.line(line)?;
        Some(usize::from(range.start())..usize::from(range.end()))
    }

    /// The zero-based line that holds `offset`.
    #[must_use]
    pub fn line(&self, offset: usize) -> u32 {
        self.position(offset, Encoding::Utf8).line
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

fn wide(encoding: Encoding) -> Option<WideEncoding> {
    match encoding {
        Encoding::Utf8 => None,
        Encoding::Utf16 => Some(WideEncoding::Utf16),
        Encoding::Utf32 => Some(WideEncoding::Utf32),
    }
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
