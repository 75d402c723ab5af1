//! Text as phrases are looked up in it: NFKC and lower case, with the way back.

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfkc_quick};

/// Folded text; offsets lead back to what it was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Folded {
    pub(crate) text: String,
    /// Where the distance between both texts changes: (folded offset, source offset), ascending.
    runs: Vec<(u32, u32)>,
    source_bytes: usize,
}

impl Folded {
    pub(crate) fn new(source: &str) -> Self {
        let source_bytes = source.len();
        if source.is_ascii() {
            return Self { text: source.to_ascii_lowercase(), runs: Vec::new(), source_bytes };
        }
        let text = String::with_capacity(source.len());
        let mut out = Self { text, runs: Vec::new(), source_bytes };
        let mut shift = 0;
        let mut at = 0;
        while at < source.len() {
            let end = cluster_end(source, at);
            let piece = &source[at..end];
            let now = at.cast_signed() - out.text.len().cast_signed();
            if now != shift {
                out.runs.push((offset(out.text.len()), offset(at)));
                shift = now;
            }
            if is_nfkc_quick(piece.chars()) == IsNormalized::Yes {
                out.text.extend(piece.chars().map(lower).map(plain_mark));
            } else {
                out.text.extend(piece.nfkc().map(lower).map(plain_mark));
            }
            at = end;
        }
        out
    }

    /// The source offset of a folded one.
    pub(crate) fn source(&self, at: usize) -> usize {
        let index = self.runs.partition_point(|(folded, _)| *folded as usize <= at);
        let (folded, source) = match index.checked_sub(1).and_then(|it| self.runs.get(it)) {
            Some((folded, source)) => (*folded as usize, *source as usize),
            None => (0, 0),
        };
        // A letter may be longer folded than written.
        let limit = self.runs.get(index).map_or(self.source_bytes, |(_, source)| *source as usize);
        (source + (at - folded)).min(limit)
    }
}

/// Ends a letter with the marks that follow it.
fn cluster_end(source: &str, at: usize) -> usize {
    let mut chars = source[at..].char_indices();
    chars.next();
    for (index, next) in chars {
        if !unicode_normalization::char::is_combining_mark(next)
            && !matches!(next, '\u{1160}'..='\u{11ff}' | '\u{ff9e}' | '\u{ff9f}')
        {
            return at + index;
        }
    }
    source.len()
}

/// The one lower-case letter; the few that have two keep their case.
fn lower(it: char) -> char {
    let mut lower = it.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => it,
    }
}

/// Typographic marks as keyboards write them.
fn plain_mark(it: char) -> char {
    match it {
        '\u{2018}' | '\u{2019}' | '\u{02bc}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{2010}' | '\u{2011}' => '-',
        '\u{00a0}' | '\u{202f}' | '\u{3000}' => ' ',
        other => other,
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn widths_and_case_go_and_places_stay() {
        let it = Folded::new("ＡＷＳ “Don’t” É ログイン");
        assert_eq!(it.text, "aws \"don't\" é ログイン");
        let at = it.text.find('é').expect("kept");
        assert_eq!(&Folded::new("x").text, "x");
        assert_eq!(it.source(at), "ＡＷＳ “Don’t” ".len());
    }

    proptest! {
        #[test]
        fn every_place_is_a_character_of_the_source(source in "\\PC{0,40}") {
            let it = Folded::new(&source);
            for (at, _) in it.text.char_indices() {
                prop_assert!(it.source(at) <= source.len());
            }
        }
    }
}
