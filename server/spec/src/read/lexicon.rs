//! Phrases of many languages, found in one pass.
//!
//! Knows how phrases are written and where words end; what a phrase means is its caller's.

use aho_corasick::{AhoCorasick, MatchKind};
use std::ops::Range;

/// A set of phrases, each with what it means.
pub(crate) struct Lexicon<T: 'static> {
    automaton: AhoCorasick,
    phrases: Vec<Phrase<T>>,
}

struct Phrase<T> {
    meaning: T,
    /// Whether letters may stand right before or after it.
    open_start: bool,
    open_end: bool,
}

/// One phrase in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit<T> {
    pub(crate) range: Range<usize>,
    pub(crate) meaning: T,
}

impl<T: Copy> Lexicon<T> {
    /// Builds the lexicon from lists of phrases between `|`, in the folded form of [`super::fold`].
    ///
    /// A `*` at an end of a phrase lets the word go on there; otherwise a phrase ends where the
    /// word does. Chinese, Japanese and Korean letters never need a word's end.
    pub(crate) fn new<'a>(lists: impl IntoIterator<Item = (T, &'a str)>) -> Self {
        let mut phrases = Vec::new();
        let mut patterns: Vec<&str> = Vec::new();
        for (meaning, list) in lists {
            for written in list.split('|').map(str::trim).filter(|it| !it.is_empty()) {
                let body = written.trim_matches('*');
                let open = |it: Option<char>| it.is_none_or(|it| !it.is_alphanumeric());
                phrases.push(Phrase {
                    meaning,
                    open_start: written.starts_with('*') || open(body.chars().next()),
                    open_end: written.ends_with('*') || open(body.chars().next_back()),
                });
                patterns.push(body);
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(&patterns)
            .expect("the phrases are few and short");
        Self { automaton, phrases }
    }

    /// All phrases in `text` (folded), in order of place; what lies inside a longer phrase is left
    /// out, so that "google maps" hides "google".
    pub(crate) fn find(&self, text: &str) -> Vec<Hit<T>> {
        let mut hits: Vec<Hit<T>> = self
            .automaton
            .find_overlapping_iter(text)
            .filter_map(|found| {
                let phrase = &self.phrases[found.pattern().as_usize()];
                let range = found.range();
                let starts = phrase.open_start || ends_word(text, range.start);
                let ends = phrase.open_end || ends_word(text, range.end);
                (starts && ends).then_some(Hit { range, meaning: phrase.meaning })
            })
            .collect();
        hits.sort_by_key(|it| (it.range.start, usize::MAX - it.range.end));
        let mut longest = 0..0;
        hits.retain(|it| {
            let hidden = it.range.end <= longest.end && it.range != longest;
            if it.range.end > longest.end {
                longest = it.range.clone();
            }
            !hidden
        });
        hits
    }
}

/// Whether no word runs across `at`. Between scripts without spaces it never does.
fn ends_word(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at..].chars().next();
    let (Some(before), Some(after)) = (before, after) else { return true };
    if !(before.is_alphanumeric() && after.is_alphanumeric()) {
        return true;
    }
    is_unspaced(before) || is_unspaced(after)
}

/// Whether `it` belongs to a script that is written without spaces, or with particles attached.
pub(crate) fn is_unspaced(it: char) -> bool {
    matches!(it,
        '\u{1100}'..='\u{11ff}' | '\u{3005}'..='\u{30ff}' | '\u{3130}'..='\u{318f}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{20000}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let lexicon = Lexicon::new([((), "google|google maps|upload*|ログイン|*passwort")]);
        let found: Vec<&str> = lexicon.find(text).into_iter().map(|it| &text[it.range]).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn words_end_where_they_should() {
        check("google, googled, uploads uploading", &["google", "upload", "upload"]);
        check("googleでログインする", &["google", "ログイン"]);
        check("das startpasswort", &["passwort"]);
    }

    #[test]
    fn a_longer_phrase_hides_what_it_holds() {
        check("google maps and google", &["google maps", "google"]);
    }
}
